import type { AdvancedSelector, EventSelector, FieldSelector } from './selectors.ts';

/** Limits of the API reference, PutEventSelectors: selectors of a trail, their data resources, values of all conditions. */
const maxSelectors = 5;
const maxDataResources = 250;
const maxConditions = 500;

/** Fields that say what an event is about; data events have those of resources beside. */
const fieldsOf: Readonly<Record<string, ReadonlySet<string>>> = {
  Management: new Set(
    'eventCategory eventName eventSource eventType readOnly sessionCredentialFromConsole userIdentity.arn'.split(' '),
  ),
  Data: new Set(
    'eventCategory eventName eventSource eventType readOnly resources.ARN resources.type sessionCredentialFromConsole userIdentity.arn'.split(
      ' ',
    ),
  ),
};

/** What basic selectors can name (API reference, DataResource). */
const basicTypes = new Set(['AWS::DynamoDB::Table', 'AWS::Lambda::Function', 'AWS::S3::Object']);

/** @returns what is wrong; undefined when nothing is */
export function basicFault(selectors: readonly EventSelector[]): string | undefined {
  if (selectors.length === 0 || selectors.length > maxSelectors)
    return `event selectors: expected 1 to ${maxSelectors}, found ${selectors.length}`;
  let resources = 0;
  for (const { DataResources, ExcludeManagementEventSources: excluded, IncludeManagementEvents } of selectors) {
    for (const { Type: type, Values: values } of DataResources) {
      if (!basicTypes.has(type)) return `data resource type \`${type}\`: expected ${[...basicTypes].join(', ')}`;
      const wrong = values.find((value) => !value.startsWith('arn:aws:'));
      if (wrong !== undefined) return `data resource \`${wrong}\`: expected an ARN`;
      resources += values.length;
    }
    const source = excluded.find((each) => !/^(?:kms|rdsdata)\.amazonaws\.com$/.test(each));
    if (source !== undefined)
      return `excluded event source \`${source}\`: expected kms.amazonaws.com or rdsdata.amazonaws.com`;
    if (excluded.length > 0 && !IncludeManagementEvents)
      return 'excluded event sources: expected with management events only';
  }
  return resources > maxDataResources
    ? `data resources: expected at most ${maxDataResources}, found ${resources}`
    : undefined;
}

export function advancedFault(selectors: readonly AdvancedSelector[]): string | undefined {
  if (selectors.length === 0) return 'advanced event selectors: expected at least one';
  let conditions = 0;
  for (const { FieldSelectors: fields } of selectors) {
    const fault = fieldsFault(fields);
    if (fault !== undefined) return fault;
    for (const field of fields) conditions += valuesOf(field).length;
  }
  return conditions > maxConditions ? `conditions: expected at most ${maxConditions}, found ${conditions}` : undefined;
}

function fieldsFault(fields: readonly FieldSelector[]): string | undefined {
  const names = fields.map(({ Field }) => Field);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) return `field \`${twice}\`: expected once in a selector`;
  const [category, ...others] = fields.find(({ Field }) => Field === 'eventCategory')?.Equals ?? [];
  if (category === undefined || others.length > 0) return 'field `eventCategory`: expected one value to equal';
  const known = fieldsOf[category];
  if (known === undefined) return `event category \`${category}\`: expected Data or Management`;
  const foreign = names.find((name) => !known.has(name));
  if (foreign !== undefined) return `field \`${foreign}\`: not for events of category ${category}`;
  const empty = fields.find((field) => valuesOf(field).length === 0);
  if (empty !== undefined) return `field \`${empty.Field}\`: expected a condition`;
  if (category !== 'Data') return undefined;
  const types = fields.find(({ Field }) => Field === 'resources.type')?.Equals;
  return types?.length === 1 ? undefined : 'field `resources.type`: expected one value to equal';
}

function valuesOf({ Field: _, ...conditions }: FieldSelector): readonly string[] {
  return Object.values(conditions).flat();
}
