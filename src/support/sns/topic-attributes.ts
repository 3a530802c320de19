import { parsePolicy } from '#identity/iam/engine/engine.ts';
import { invalid } from './api.ts';
import { effectivePolicy, type TopicDeliveryPolicy } from './engine/delivery-policy.ts';
import { readTopicDelivery } from './engine/delivery-policy-reading.ts';
import { isFifo } from './names.ts';
import type { TopicRow } from './records.ts';

/** Topics with order take these (model, "SetTopicAttributes"). */
const fifoOnly = ['ContentBasedDeduplication', 'FifoThroughputScope'];

const boolean = /^(?:true|false)$/i;
const role = /^(?:|arn:aws:iam::\d{12}:role\/.+)$/;
const rate = /^(?:|\d|[1-9]\d|100)$/;

const feedback = ['Application', 'Firehose', 'HTTP', 'Lambda', 'SQS'].flatMap((kind): [string, RegExp][] => [
  [`${kind}SuccessFeedbackRoleArn`, role],
  [`${kind}SuccessFeedbackSampleRate`, rate],
  [`${kind}FailureFeedbackRoleArn`, role],
]);

/** What each attribute may be. `DeliveryPolicy` and `Policy` are documents, read by their own readers. */
const allowed: ReadonlyMap<string, RegExp> = new Map<string, RegExp>([
  ['ContentBasedDeduplication', boolean],
  ['DisplayName', /^[^\p{Cc}]{0,100}$/u],
  ['FifoThroughputScope', /^(?:Topic|MessageGroup)$/],
  ['KmsMasterKeyId', /^.{0,2048}$/],
  ['SignatureVersion', /^[12]$/],
  ['TracingConfig', /^(?:PassThrough|Active)$/],
  ...feedback,
]);

/**
 * Checks one attribute that a topic is to have.
 *
 * @returns what is wrong, as it stands behind `Invalid parameter: `; undefined when nothing is
 */
export function refusedAttribute(topic: string, name: string, value: string): string | undefined {
  if (name === 'ArchivePolicy') return 'ArchivePolicy: message archiving is not supported';
  if (name === 'Policy') return refusedPolicy(value);
  if (name === 'DeliveryPolicy') {
    const reading = value === '' ? undefined : readTopicDelivery(value);
    return reading?.ok === false ? `DeliveryPolicy: ${reading.message}` : undefined;
  }
  const pattern = allowed.get(name);
  if (pattern === undefined || (fifoOnly.includes(name) && !isFifo(topic))) return 'AttributeName';
  return pattern.test(value) ? undefined : name;
}

/** Largest policy of a topic, bytes (quota, "Topic policy size"). */
const maxPolicyBytes = 30_720;

/** What is wrong with a policy document for a topic. */
export function refusedPolicy(text: string): string | undefined {
  if (Buffer.byteLength(text) > maxPolicyBytes) return 'Policy Error: the policy is too long';
  const reading = parsePolicy(text, 'resource');
  if (!reading.ok) return `Policy Error: ${reading.errors[0]?.message ?? 'null'}`;
  return outOfScope(text) ? 'Policy statement action out of service scope!' : undefined;
}

/** A topic's policy speaks of SNS alone. */
function outOfScope(text: string): boolean {
  const { Statement } = JSON.parse(text) as { readonly Statement?: unknown };
  const statements = [Statement].flat() as readonly { readonly Action?: unknown; readonly NotAction?: unknown }[];
  const actions = statements.flatMap(({ Action, NotAction }) => [Action ?? NotAction ?? []].flat());
  return actions.some((action) => typeof action === 'string' && action !== '*' && !/^sns:/i.test(action));
}

/** A topic's `DeliveryPolicy` as it was set. */
export function topicDelivery({ attributes }: Pick<TopicRow, 'attributes'>): TopicDeliveryPolicy | undefined {
  const text = attributes['DeliveryPolicy'];
  const reading = text === undefined ? undefined : readTopicDelivery(text);
  return reading?.ok === true ? reading.policy : undefined;
}

/** The delivery policies as `GetTopicAttributes` shows them. */
export function shownDelivery(row: TopicRow): { readonly given: string | undefined; readonly effective: string } {
  const given = topicDelivery(row);
  const { retry, throttle, contentType } = effectivePolicy(given, undefined);
  const http = {
    defaultHealthyRetryPolicy: retry,
    disableSubscriptionOverrides: given?.disableSubscriptionOverrides ?? false,
    defaultThrottlePolicy: throttle,
    defaultRequestPolicy: { headerContentType: contentType },
  };
  return {
    given: given === undefined ? undefined : JSON.stringify({ http: given }),
    effective: JSON.stringify({ http }),
  };
}

/** The attributes of a new topic. @throws ServiceError InvalidParameter */
export function newAttributes(
  topic: string,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const { FifoTopic, ...others } = given;
  if (FifoTopic !== undefined && !boolean.test(FifoTopic)) throw invalid('Attributes Reason: FifoTopic');
  if ((FifoTopic?.toLowerCase() === 'true') !== isFifo(topic)) throw invalid('Topic Name');
  for (const [name, value] of Object.entries(others)) {
    const wrong = refusedAttribute(topic, name, value);
    if (wrong !== undefined) {
      throw invalid(`Attributes Reason: ${wrong === 'AttributeName' ? 'Unknown attribute' : wrong}`);
    }
  }
  return others;
}
