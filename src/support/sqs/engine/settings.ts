import { invalid, invalidAttribute, invalidName, type Refusal } from './refusal.ts';

/** What a queue is set to, as its attributes say. Seconds and bytes. */
export type Settings = {
  readonly fifo: boolean;
  readonly delay: number;
  readonly maxSize: number;
  readonly retention: number;
  readonly wait: number;
  readonly visibility: number;
  readonly contentDeduplication: boolean;
  readonly deduplicationScope: 'queue' | 'messageGroup';
  readonly throughputLimit: 'perQueue' | 'perMessageGroupId';
  readonly kmsKey: string | undefined;
  readonly kmsReuse: number;
  readonly managedEncryption: boolean;
  readonly redrive: Redrive | undefined;
  readonly redriveAllow: RedriveAllow | undefined;
};

export type Redrive = { readonly target: string; readonly maxReceives: number };

export type RedriveAllow = {
  readonly permission: 'allowAll' | 'denyAll' | 'byQueue';
  readonly sources: readonly string[] | undefined;
};

export type Attributes = Readonly<Record<string, string | undefined>>;

export const defaults: Settings = {
  fifo: false,
  delay: 0,
  maxSize: 1_048_576,
  retention: 345_600,
  wait: 0,
  visibility: 30,
  contentDeduplication: false,
  deduplicationScope: 'queue',
  throughputLimit: 'perQueue',
  kmsKey: undefined,
  kmsReuse: 300,
  managedEncryption: true,
  redrive: undefined,
  redriveAllow: undefined,
};

/** Numbers with their bounds (API reference, SetQueueAttributes). */
const numbers = {
  DelaySeconds: ['delay', 0, 900],
  MaximumMessageSize: ['maxSize', 1_024, 1_048_576],
  MessageRetentionPeriod: ['retention', 60, 1_209_600],
  ReceiveMessageWaitTimeSeconds: ['wait', 0, 20],
  VisibilityTimeout: ['visibility', 0, 43_200],
  KmsDataKeyReusePeriodSeconds: ['kmsReuse', 60, 86_400],
} as const;

const fifoOnly = ['ContentBasedDeduplication', 'DeduplicationScope', 'FifoThroughputLimit'];

type Changed = { readonly settings: Settings } | { readonly refusal: Refusal };

/**
 * The settings after attributes are set. Empty texts bring the defaults back. `Policy` is not looked at here.
 *
 * @param before undefined for a queue that is being made
 */
export function withAttributes(attributes: Attributes, before: Settings | undefined): Changed {
  const base = before ?? { ...defaults, fifo: attributes['FifoQueue'] === 'true' };
  const misplaced = refuseType(attributes, before);
  if (misplaced !== undefined) return { refusal: misplaced };
  const next: Record<string, unknown> = { ...base };
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined) continue;
    const found = read(name, value);
    if ('refusal' in found) return found;
    Object.assign(next, found.members);
  }
  return withEncryption(attributes, next as Settings);
}

function refuseType(attributes: Attributes, before: Settings | undefined): Refusal | undefined {
  const { FifoQueue } = attributes;
  const fifo = before?.fifo ?? FifoQueue === 'true';
  // That a queue is none is not said by an attribute.
  if (FifoQueue !== undefined && !fifo) return invalidName('Unknown Attribute FifoQueue.');
  if (before !== undefined && FifoQueue !== undefined && FifoQueue !== 'true')
    return invalidAttribute(
      'Invalid value for the parameter FifoQueue. Reason: Modifying queue type is not supported.',
    );
  for (const name of fifoOnly) {
    if (attributes[name] === undefined || fifo) continue;
    return invalidName(
      name === 'ContentBasedDeduplication'
        ? `Unknown Attribute ${name}.`
        : `You can specify the ${name} only when FifoQueue is set to true.`,
    );
  }
  return undefined;
}

type Read = { readonly members: Partial<Settings> } | { readonly refusal: Refusal };

function read(name: string, value: string): Read {
  if (Object.hasOwn(numbers, name)) return readNumber(name as keyof typeof numbers, value);
  switch (name) {
    case 'FifoQueue':
    case 'Policy':
      return { members: {} };
    case 'ContentBasedDeduplication':
      return oneOf(name, 'contentDeduplication', value, { true: true, false: false, '': false });
    case 'SqsManagedSseEnabled':
      return oneOf(name, 'managedEncryption', value, { true: true, false: false, '': false });
    case 'DeduplicationScope':
      return oneOf(name, 'deduplicationScope', value, { queue: 'queue', messageGroup: 'messageGroup', '': 'queue' });
    case 'FifoThroughputLimit':
      return oneOf(name, 'throughputLimit', value, {
        perQueue: 'perQueue',
        perMessageGroupId: 'perMessageGroupId',
        '': 'perQueue',
      });
    case 'KmsMasterKeyId':
      return { members: { kmsKey: value === '' ? undefined : value } };
    case 'RedrivePolicy':
      return readRedrive(value);
    case 'RedriveAllowPolicy':
      return readRedriveAllow(value);
    default:
      return { refusal: invalidName(`Unknown Attribute ${name}.`) };
  }
}

function readNumber(name: keyof typeof numbers, value: string): Read {
  const [member, least, most] = numbers[name];
  if (value === '') return { members: { [member]: defaults[member] } };
  const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
  if (!(number >= least && number <= most)) return { refusal: badValue(name) };
  return { members: { [member]: number } };
}

function oneOf(name: string, member: keyof Settings, value: string, values: Readonly<Record<string, unknown>>): Read {
  if (!Object.hasOwn(values, value)) return { refusal: badValue(name) };
  return { members: { [member]: values[value] } };
}

function badValue(name: string): Refusal {
  return invalidAttribute(`Invalid value for the parameter ${name}.`);
}

/** One kind of encryption at a time; the one that is turned on turns the other off. */
function withEncryption(attributes: Attributes, settings: Settings): Changed {
  const key = attributes['KmsMasterKeyId'];
  const managed = attributes['SqsManagedSseEnabled'];
  if (key !== undefined && key !== '' && managed === 'true')
    return {
      refusal: invalidName(
        'You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.',
      ),
    };
  if (settings.throughputLimit === 'perMessageGroupId' && settings.deduplicationScope !== 'messageGroup')
    return {
      refusal: invalidAttribute(
        'Invalid value for the parameter FifoThroughputLimit. Reason: expected DeduplicationScope `messageGroup`.',
      ),
    };
  if (key !== undefined && key !== '') return { settings: { ...settings, managedEncryption: false } };
  if (managed === 'true') return { settings: { ...settings, kmsKey: undefined } };
  return { settings };
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function readRedrive(text: string): Read {
  if (text === '') return { members: { redrive: undefined } };
  const refuse = (reason: string): Read => ({
    refusal: invalid(`Value ${text} for parameter RedrivePolicy is invalid. Reason: ${reason}`),
  });
  const policy = parsed(text);
  if (policy === undefined) return refuse('Redrive policy is not a valid JSON map.');
  const { deadLetterTargetArn: target, maxReceiveCount: count, ...more } = policy;
  if (Object.keys(more).length > 0)
    return refuse('Only following attributes are supported: [deadLetterTargetArn, maxReceiveCount].');
  if (typeof target !== 'string')
    return refuse('Redrive policy does not contain mandatory attribute: deadLetterTargetArn.');
  if (count === undefined) return refuse('Redrive policy does not contain mandatory attribute: maxReceiveCount.');
  const maxReceives = typeof count === 'string' && /^\d{1,4}$/.test(count) ? Number(count) : count;
  if (typeof maxReceives !== 'number' || !Number.isInteger(maxReceives) || maxReceives < 1 || maxReceives > 1_000)
    return refuse(
      `Invalid value for maxReceiveCount: ${String(count)}, valid values are from 1 to 1000 both inclusive.`,
    );
  return { members: { redrive: { target, maxReceives } } };
}

const maxSources = 10;

function readRedriveAllow(text: string): Read {
  if (text === '') return { members: { redriveAllow: undefined } };
  const refuse = (reason: string): Read => ({
    refusal: invalid(`Value ${text} for parameter RedriveAllowPolicy is invalid. Reason: ${reason}`),
  });
  const policy = parsed(text);
  if (policy === undefined)
    return refuse('Amazon SQS can\u2019t create the redrive allow policy, as it\u2019s in an unsupported format.');
  const { redrivePermission: permission, sourceQueueArns: sources } = policy;
  if (permission !== 'allowAll' && permission !== 'denyAll' && permission !== 'byQueue')
    return refuse('expected redrivePermission `allowAll`, `denyAll` or `byQueue`.');
  const listed = Array.isArray(sources) ? sources.filter((arn): arn is string => typeof arn === 'string') : undefined;
  if (
    permission === 'byQueue'
      ? listed === undefined || listed.length === 0 || listed.length > maxSources
      : sources !== undefined
  )
    return refuse(
      `expected 1 to ${maxSources} sourceQueueArns with redrivePermission \`byQueue\`, and none otherwise.`,
    );
  return { members: { redriveAllow: { permission, sources: listed } } };
}

/** Whether a dead-letter queue takes what a source redrives. */
export function allowsSource(allow: RedriveAllow | undefined, source: string): boolean {
  if (allow === undefined || allow.permission === 'allowAll') return true;
  return allow.permission === 'byQueue' && (allow.sources ?? []).includes(source);
}

/** The settings as GetQueueAttributes tells them. */
export function asAttributes(settings: Settings): Attributes {
  const { fifo, kmsKey, redrive, redriveAllow } = settings;
  const flag = (value: boolean) => (value ? 'true' : 'false');
  return {
    DelaySeconds: String(settings.delay),
    MaximumMessageSize: String(settings.maxSize),
    MessageRetentionPeriod: String(settings.retention),
    ReceiveMessageWaitTimeSeconds: String(settings.wait),
    VisibilityTimeout: String(settings.visibility),
    SqsManagedSseEnabled: flag(settings.managedEncryption),
    KmsMasterKeyId: kmsKey,
    KmsDataKeyReusePeriodSeconds: kmsKey === undefined ? undefined : String(settings.kmsReuse),
    FifoQueue: fifo ? 'true' : undefined,
    ContentBasedDeduplication: fifo ? flag(settings.contentDeduplication) : undefined,
    DeduplicationScope: fifo ? settings.deduplicationScope : undefined,
    FifoThroughputLimit: fifo ? settings.throughputLimit : undefined,
    RedrivePolicy:
      redrive === undefined
        ? undefined
        : JSON.stringify({ deadLetterTargetArn: redrive.target, maxReceiveCount: redrive.maxReceives }),
    RedriveAllowPolicy:
      redriveAllow === undefined
        ? undefined
        : JSON.stringify({ redrivePermission: redriveAllow.permission, sourceQueueArns: redriveAllow.sources }),
  };
}
