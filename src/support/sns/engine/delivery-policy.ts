/** How an endpoint is tried again (developer guide, "Amazon SNS message delivery retries"). Times in seconds. */
export type RetryPolicy = {
  readonly numRetries: number;
  readonly numNoDelayRetries: number;
  readonly minDelayTarget: number;
  readonly numMinDelayRetries: number;
  readonly maxDelayTarget: number;
  readonly numMaxDelayRetries: number;
  readonly backoffFunction: 'linear' | 'arithmetic' | 'geometric' | 'exponential';
};

export type RequestPolicy = { readonly headerContentType: string };
export type ThrottlePolicy = { readonly maxReceivesPerSecond: number };

/** A topic's `DeliveryPolicy`, as it was given. */
export type TopicDeliveryPolicy = {
  readonly defaultHealthyRetryPolicy?: Partial<RetryPolicy>;
  readonly defaultThrottlePolicy?: ThrottlePolicy;
  readonly defaultRequestPolicy?: RequestPolicy;
  readonly disableSubscriptionOverrides: boolean;
};

/** A subscription's `DeliveryPolicy`, as it was given. */
export type SubscriptionDeliveryPolicy = {
  readonly healthyRetryPolicy?: Partial<RetryPolicy>;
  readonly throttlePolicy?: ThrottlePolicy;
  readonly requestPolicy?: RequestPolicy;
};

/** What counts for a delivery. */
export type EffectivePolicy = {
  readonly retry: RetryPolicy;
  readonly throttle: ThrottlePolicy | undefined;
  readonly contentType: string;
};

export const defaultRetry: RetryPolicy = {
  minDelayTarget: 20,
  maxDelayTarget: 20,
  numRetries: 3,
  numMaxDelayRetries: 0,
  numNoDelayRetries: 0,
  numMinDelayRetries: 0,
  backoffFunction: 'linear',
};

const defaultContentType = 'text/plain; charset=UTF-8';

/** What counts: the subscription's word before the topic's, unless the topic forbids it, before the defaults. */
export function effectivePolicy(
  topic: TopicDeliveryPolicy | undefined,
  given: SubscriptionDeliveryPolicy | undefined,
): EffectivePolicy {
  const own = topic?.disableSubscriptionOverrides === true ? undefined : given;
  return {
    retry: { ...defaultRetry, ...(own?.healthyRetryPolicy ?? topic?.defaultHealthyRetryPolicy) },
    throttle: own?.throttlePolicy ?? topic?.defaultThrottlePolicy,
    contentType: (own?.requestPolicy ?? topic?.defaultRequestPolicy)?.headerContentType ?? defaultContentType,
  };
}

/** Seconds to wait before a retry, counted from 1; undefined when there is none left. */
export function retryDelay(policy: RetryPolicy, retry: number): number | undefined {
  const { numRetries, numNoDelayRetries, numMinDelayRetries, numMaxDelayRetries } = policy;
  if (retry > numRetries) return undefined;
  if (retry <= numNoDelayRetries) return 0;
  if (retry <= numNoDelayRetries + numMinDelayRetries) return policy.minDelayTarget;
  if (retry > numRetries - numMaxDelayRetries) return policy.maxDelayTarget;
  const steps = numRetries - numNoDelayRetries - numMinDelayRetries - numMaxDelayRetries;
  const step = retry - numNoDelayRetries - numMinDelayRetries;
  return backoff(policy, steps <= 1 ? 0 : (step - 1) / (steps - 1));
}

/** Between the smallest and the largest delay; `part` runs from 0 to 1. The curves follow the guide's figure: linear is the most patient. */
function backoff({ minDelayTarget: min, maxDelayTarget: max, backoffFunction }: RetryPolicy, part: number): number {
  switch (backoffFunction) {
    case 'linear':
      return min + (max - min) * part;
    case 'arithmetic':
      return min + (max - min) * part * ((1 + part) / 2);
    case 'geometric':
      return min + (max - min) * part ** 2;
    case 'exponential':
      return min * (max / min) ** part;
  }
}

/**
 * Queues and functions are tried longer: three times at once, twice after a second, ten times ever later up to 20 seconds, then 100,000
 * times every 20 seconds: 23 days (developer guide, "Delivery policies", managed endpoints).
 */
export const managedRetry: RetryPolicy = {
  numRetries: 100_015,
  numNoDelayRetries: 3,
  minDelayTarget: 1,
  numMinDelayRetries: 2,
  maxDelayTarget: 20,
  numMaxDelayRetries: 100_000,
  backoffFunction: 'exponential',
};

/** Mail is tried 50 times over six hours (same table, customer managed endpoints). */
export const mailRetry: RetryPolicy = {
  numRetries: 50,
  numNoDelayRetries: 0,
  minDelayTarget: 10,
  numMinDelayRetries: 2,
  maxDelayTarget: 600,
  numMaxDelayRetries: 38,
  backoffFunction: 'exponential',
};
