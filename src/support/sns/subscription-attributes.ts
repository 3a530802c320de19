import type { SubscriptionDeliveryPolicy } from './engine/delivery-policy.ts';
import { readSubscriptionDelivery } from './engine/delivery-policy-reading.ts';
import { FilterError, parseFilterJson, reasonText } from './engine/filter/json.ts';
import { type FilterScope, readFilterPolicy } from './engine/filter/policy.ts';
import { arnParts, isFifo } from './names.ts';
import type { Protocol } from './records.ts';

/** What the check of an attribute needs to know of its subscription. */
export type Subscribed = {
  readonly topic: string;
  readonly protocol: Protocol;
  readonly endpoint: string;
  readonly attributes: Readonly<Record<string, string>>;
};

/** Protocols whose subscribers can have the bare message. */
const rawProtocols: readonly Protocol[] = ['http', 'https', 'sqs'];

/**
 * Checks the attributes that a subscription is to have, of which `changed` are new.
 *
 * @returns what is wrong, as it stands behind `Invalid parameter: `; undefined when nothing is
 */
export function refusedSubscription(subscribed: Subscribed, changed: readonly string[]): string | undefined {
  for (const name of changed) {
    const check = checks.get(name);
    if (check === undefined) return 'AttributeName';
    const wrong = check(subscribed.attributes[name] ?? '', subscribed);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

type Check = (value: string, subscribed: Subscribed) => string | undefined;

const checks: ReadonlyMap<string, Check> = new Map<string, Check>([
  [
    'DeliveryPolicy',
    (value) => {
      const reading = value === '' ? undefined : readSubscriptionDelivery(value);
      return reading?.ok === false ? `DeliveryPolicy: ${reading.message}` : undefined;
    },
  ],
  ['FilterPolicy', (_, subscribed) => refusedFilter(subscribed)],
  [
    'FilterPolicyScope',
    (value, subscribed) => {
      if (value === 'MessageBody' || value === 'MessageAttributes') return refusedFilter(subscribed);
      return `FilterPolicyScope: Invalid value [${value}]. Please use either MessageBody or MessageAttributes`;
    },
  ],
  [
    'RawMessageDelivery',
    (value, { protocol }) => {
      if (!/^(?:true|false)$/i.test(value)) {
        return `RawMessageDelivery: Invalid value [${value}]. Must be true or false.`;
      }
      if (value.toLowerCase() === 'false' || rawProtocols.includes(protocol)) return undefined;
      return `RawMessageDelivery: Delivery protocol [${protocol}] does not support raw message delivery.`;
    },
  ],
  ['RedrivePolicy', refusedRedrive],
  ['ReplayPolicy', () => 'ReplayPolicy: message archiving is not supported'],
  [
    'SubscriptionRoleArn',
    () => 'SubscriptionRoleArn: it belongs to subscriptions of Firehose, which are not supported',
  ],
]);

function refusedFilter({ attributes }: Subscribed): string | undefined {
  const text = attributes['FilterPolicy'] ?? '';
  if (text === '') return undefined;
  const reading = readFilterPolicy(text, filterScope(attributes));
  if (reading.ok) return undefined;
  return reading.nested === true ? reading.message : `FilterPolicy: ${reading.message}`;
}

export function filterScope(attributes: Readonly<Record<string, string>>): FilterScope {
  return attributes['FilterPolicyScope'] === 'MessageBody' ? 'MessageBody' : 'MessageAttributes';
}

function refusedRedrive(value: string, { topic, endpoint }: Subscribed): string | undefined {
  if (value === '') return undefined;
  try {
    parseFilterJson(value);
  } catch (error) {
    if (error instanceof FilterError) return `RedrivePolicy: ${reasonText(error, value)}`;
    throw error;
  }
  const arn = deadLetterQueue({ RedrivePolicy: value });
  const parts = arnParts(arn ?? '');
  if (parts?.service !== 'sqs' || !/^\d{12}$/.test(parts.account)) {
    return 'RedrivePolicy: deadLetterTargetArn is an invalid arn';
  }
  if (isFifo(topic) && isFifo(endpoint) && !isFifo(parts.resource)) {
    return 'RedrivePolicy: must use a FIFO queue as DLQ for a FIFO Subscription to a FIFO Topic.';
  }
  return undefined;
}

/** ARN of the dead-letter queue; undefined where there is none. */
export function deadLetterQueue(attributes: Readonly<Record<string, string>>): string | undefined {
  const text = attributes['RedrivePolicy'] ?? '';
  if (text === '') return undefined;
  const policy = JSON.parse(text) as { readonly deadLetterTargetArn?: unknown } | null;
  return typeof policy?.deadLetterTargetArn === 'string' ? policy.deadLetterTargetArn : undefined;
}

/** A subscription's `DeliveryPolicy` as it was set. */
export function subscriptionDelivery(
  attributes: Readonly<Record<string, string>>,
): SubscriptionDeliveryPolicy | undefined {
  const text = attributes['DeliveryPolicy'] ?? '';
  const reading = text === '' ? undefined : readSubscriptionDelivery(text);
  return reading?.ok === true ? reading.policy : undefined;
}

export function isRaw(attributes: Readonly<Record<string, string>>): boolean {
  return attributes['RawMessageDelivery'] === 'true';
}

/** Attributes as they are kept: what is empty is gone, truth is in lower case. */
export function keptAttributes(attributes: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(attributes)
      .filter(([name, value]) => value !== '' && !(name === 'FilterPolicy' && /^\s*\{\s*\}\s*$/.test(value)))
      .map(([name, value]) => [name, name === 'RawMessageDelivery' ? value.toLowerCase() : value]),
  );
}
