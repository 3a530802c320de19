/** Members of an event that selectors look at. */
export type SelectableEvent = {
  readonly eventName: string;
  readonly eventSource: string;
  readonly eventCategory: string;
  readonly eventType: string;
  readonly readOnly: boolean;
  readonly errorCode?: string;
  readonly sessionCredentialFromConsole?: string;
  readonly vpcEndpointId?: string;
  readonly userIdentity: Readonly<Record<string, unknown>>;
  readonly resources?: readonly { readonly ARN: string; readonly type: string }[];
};

/** As the API has them. */
export type EventSelector = {
  readonly ReadWriteType: 'ReadOnly' | 'WriteOnly' | 'All';
  readonly IncludeManagementEvents: boolean;
  readonly DataResources: readonly { readonly Type: string; readonly Values: readonly string[] }[];
  readonly ExcludeManagementEventSources: readonly string[];
};

export type FieldSelector = {
  readonly Field: string;
  readonly Equals?: readonly string[];
  readonly StartsWith?: readonly string[];
  readonly EndsWith?: readonly string[];
  readonly NotEquals?: readonly string[];
  readonly NotStartsWith?: readonly string[];
  readonly NotEndsWith?: readonly string[];
};

export type AdvancedSelector = { readonly Name?: string; readonly FieldSelectors: readonly FieldSelector[] };

/** What a trail records: one kind or the other, never both. */
export type Selectors =
  | { readonly basic: readonly EventSelector[] }
  | { readonly advanced: readonly AdvancedSelector[] };

/** Every management event: what a new trail has. */
export const everyManagementEvent: Selectors = {
  basic: [
    { ReadWriteType: 'All', IncludeManagementEvents: true, DataResources: [], ExcludeManagementEventSources: [] },
  ],
};

/**
 * Whether a trail with these selectors records an event. Selectors are alternatives; the fields of one must all hold (CloudTrail user
 * guide, "Filtering data events by using advanced event selectors").
 *
 * @example const selects = selectorOf(trail.selectors); events.filter(selects)
 */
export function selectorOf(selectors: Selectors): (event: SelectableEvent) => boolean {
  if ('basic' in selectors) return (event) => selectors.basic.some((selector) => takes(selector, event));
  return (event) => selectors.advanced.some(({ FieldSelectors: fields }) => holds(fields, event));
}

function takes(selector: EventSelector, event: SelectableEvent): boolean {
  const { ReadWriteType: kind } = selector;
  if (kind !== 'All' && (kind === 'ReadOnly') !== event.readOnly) return false;
  if (event.eventCategory === 'Management') {
    return selector.IncludeManagementEvents && !selector.ExcludeManagementEventSources.includes(event.eventSource);
  }
  if (event.eventCategory !== 'Data') return false;
  return selector.DataResources.some(({ Type: type, Values: values }) =>
    (event.resources ?? []).some(
      (resource) => resource.type === type && values.some((value) => namesResource(type, value, resource.ARN)),
    ),
  );
}

/** Objects are named by the beginning of their ARN, the others whole; `arn:aws:lambda` stands for all of a kind. */
function namesResource(type: string, value: string, arn: string): boolean {
  if (type === 'AWS::S3::Object' || /^arn:aws:[a-z0-9]+$/.test(value)) return arn.startsWith(value);
  return arn === value || arn.startsWith(`${value}:`);
}

/** Fields of resources must hold for one and the same resource. */
function holds(fields: readonly FieldSelector[], event: SelectableEvent): boolean {
  const ofResource = fields.filter(({ Field }) => Field.startsWith('resources.'));
  for (const field of fields) {
    if (!ofResource.includes(field) && !fits(field, fieldOf(event, field.Field))) return false;
  }
  if (ofResource.length === 0) return true;
  return (event.resources ?? []).some((resource) =>
    ofResource.every((field) => fits(field, field.Field === 'resources.type' ? resource.type : resource.ARN)),
  );
}

function fieldOf(event: SelectableEvent, field: string): string | undefined {
  switch (field) {
    case 'eventName':
    case 'eventSource':
    case 'eventCategory':
    case 'eventType':
    case 'errorCode':
    case 'vpcEndpointId':
      return event[field];
    case 'readOnly':
      return String(event.readOnly);
    case 'sessionCredentialFromConsole':
      return event.sessionCredentialFromConsole ?? 'false';
    case 'userIdentity.arn':
      return typeof event.userIdentity['arn'] === 'string' ? event.userIdentity['arn'] : undefined;
    default:
      return undefined;
  }
}

/** Each operator that is there must hold: a positive one for some of its values, a negative one for all of them. */
function fits(field: FieldSelector, value: string | undefined): boolean {
  for (const [operator, test] of operators) {
    const wanted = field[operator];
    if (wanted === undefined || wanted.length === 0) continue;
    const hit = value !== undefined && wanted.some((each) => test(value, each));
    if (hit === operator.startsWith('Not')) return false;
  }
  return true;
}

type Operator = Exclude<keyof FieldSelector, 'Field'>;

const equals = (value: string, wanted: string) => value === wanted;
const starts = (value: string, wanted: string) => value.startsWith(wanted);
const ends = (value: string, wanted: string) => value.endsWith(wanted);

const operators: readonly (readonly [Operator, (value: string, wanted: string) => boolean])[] = [
  ['Equals', equals],
  ['NotEquals', equals],
  ['StartsWith', starts],
  ['NotStartsWith', starts],
  ['EndsWith', ends],
  ['NotEndsWith', ends],
];
