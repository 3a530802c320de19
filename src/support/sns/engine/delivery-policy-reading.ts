import type {
  RequestPolicy,
  RetryPolicy,
  SubscriptionDeliveryPolicy,
  ThrottlePolicy,
  TopicDeliveryPolicy,
} from './delivery-policy.ts';

/** A policy that was read, or what is wrong with it. */
export type Reading<T> = { readonly ok: true; readonly policy: T } | { readonly ok: false; readonly message: string };

/** Most retries of one delivery, and the longest delay in seconds (developer guide, "Delivery policies"). */
const maxRetries = 100;
const maxDelay = 3_600;
const functions = ['linear', 'arithmetic', 'geometric', 'exponential'];

class Wrong extends Error {}

/** Reads a topic's `DeliveryPolicy`: `{"http": {"defaultHealthyRetryPolicy": …}}`. */
export function readTopicDelivery(text: string): Reading<TopicDeliveryPolicy> {
  return reading(() => {
    const outer = objectIn(parse(text), '', ['http']);
    const http = objectIn(outer['http'] ?? {}, 'http', [
      'defaultHealthyRetryPolicy',
      'defaultSicklyRetryPolicy',
      'defaultThrottlePolicy',
      'defaultRequestPolicy',
      'disableSubscriptionOverrides',
    ]);
    const overrides = http['disableSubscriptionOverrides'] ?? false;
    if (typeof overrides !== 'boolean') throw new Wrong('http.disableSubscriptionOverrides must be true or false');
    return present({
      defaultHealthyRetryPolicy: retryIn(http['defaultHealthyRetryPolicy'], 'http.defaultHealthyRetryPolicy'),
      defaultThrottlePolicy: throttleIn(http['defaultThrottlePolicy'], 'http.defaultThrottlePolicy'),
      defaultRequestPolicy: requestIn(http['defaultRequestPolicy'], 'http.defaultRequestPolicy'),
      disableSubscriptionOverrides: overrides,
    }) as TopicDeliveryPolicy;
  });
}

/** Reads a subscription's `DeliveryPolicy`: `{"healthyRetryPolicy": …}`. */
export function readSubscriptionDelivery(text: string): Reading<SubscriptionDeliveryPolicy> {
  return reading(() => {
    const given = objectIn(parse(text), '', [
      'healthyRetryPolicy',
      'sicklyRetryPolicy',
      'throttlePolicy',
      'requestPolicy',
      'guaranteed',
    ]);
    return present({
      healthyRetryPolicy: retryIn(given['healthyRetryPolicy'], 'healthyRetryPolicy'),
      throttlePolicy: throttleIn(given['throttlePolicy'], 'throttlePolicy'),
      requestPolicy: requestIn(given['requestPolicy'], 'requestPolicy'),
    }) as SubscriptionDeliveryPolicy;
  });
}

function reading<T>(read: () => T): Reading<T> {
  try {
    return { ok: true, policy: read() };
  } catch (error) {
    if (error instanceof Wrong) return { ok: false, message: error.message };
    throw error;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Wrong('failed to parse JSON.');
  }
}

type Members = Readonly<Record<string, unknown>>;

function objectIn(value: unknown, path: string, known: readonly string[]): Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Wrong(`${path === '' ? 'policy' : path} must be an object`);
  }
  const foreign = Object.keys(value).find((name) => !known.includes(name));
  if (foreign !== undefined) throw new Wrong(`Unexpected JSON member: ${path === '' ? '' : `${path}.`}${foreign}`);
  return value as Members;
}

const limits: Readonly<Record<string, readonly [number, number]>> = {
  minDelayTarget: [1, maxDelay],
  maxDelayTarget: [1, maxDelay],
  numRetries: [0, maxRetries],
  numMaxDelayRetries: [0, maxRetries],
  numNoDelayRetries: [0, maxRetries],
  numMinDelayRetries: [0, maxRetries],
};

function retryIn(value: unknown, path: string): Partial<RetryPolicy> | undefined {
  if (value === undefined || value === null) return undefined;
  const given = objectIn(value, path, [...Object.keys(limits), 'backoffFunction']);
  for (const [name, [least, most]] of Object.entries(limits)) {
    const number = given[name];
    if (number === undefined || number === null) continue;
    if (typeof number !== 'number' || !Number.isInteger(number)) throw new Wrong(`${path}.${name} must be an integer`);
    if (number < least) throw new Wrong(`${path}.${name} must be greater than or equal to ${least}`);
    if (number > most) throw new Wrong(`${path}.${name} must be less than or equal to ${most}`);
  }
  const policy = present(given) as Partial<RetryPolicy>;
  const { minDelayTarget, maxDelayTarget, numRetries = 3 } = policy;
  if (minDelayTarget !== undefined && maxDelayTarget === undefined) {
    throw new Wrong(`${path}.maxDelayTarget must be specified`);
  }
  if (maxDelayTarget !== undefined && minDelayTarget === undefined) {
    throw new Wrong(`${path}.minDelayTarget must be specified`);
  }
  if ((minDelayTarget ?? 0) > (maxDelayTarget ?? 0)) {
    throw new Wrong(`${path}.maxDelayTarget must be greater than or equal to minDelayTarget`);
  }
  const parts = (policy.numNoDelayRetries ?? 0) + (policy.numMinDelayRetries ?? 0) + (policy.numMaxDelayRetries ?? 0);
  if (parts > numRetries) {
    throw new Wrong(`${path}.numRetries must be greater than or equal to the sum of its phases`);
  }
  if (policy.backoffFunction !== undefined && !functions.includes(policy.backoffFunction)) {
    throw new Wrong(`${path}.backoffFunction must be one of: ${functions.join(', ')}`);
  }
  return policy;
}

function throttleIn(value: unknown, path: string): ThrottlePolicy | undefined {
  if (value === undefined || value === null) return undefined;
  const most = objectIn(value, path, ['maxReceivesPerSecond'])['maxReceivesPerSecond'];
  if (most === undefined || most === null) return undefined;
  if (typeof most !== 'number' || !Number.isInteger(most) || most < 1) {
    throw new Wrong(`${path}.maxReceivesPerSecond must be greater than or equal to 1`);
  }
  return { maxReceivesPerSecond: most };
}

/** Kinds of body that an endpoint may ask for (developer guide, "Delivery policies"). */
const contentTypes =
  /^(?:application\/(?:atom\+xml|json|octet-stream|soap\+xml|x-www-form-urlencoded|xhtml\+xml|xml)|text\/(?:css|csv|html|plain|xml))(?:\s*;\s*charset=[\w-]+)?$/i;

function requestIn(value: unknown, path: string): RequestPolicy | undefined {
  if (value === undefined || value === null) return undefined;
  const type = objectIn(value, path, ['headerContentType'])['headerContentType'];
  if (type === undefined || type === null) return undefined;
  if (typeof type !== 'string' || !contentTypes.test(type)) {
    throw new Wrong(`${path}.headerContentType is not a content type that is supported`);
  }
  return { headerContentType: type };
}

function present(members: Members): Members {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && value !== null));
}
