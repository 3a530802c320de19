import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { defaultRetry, effectivePolicy, managedRetry, type RetryPolicy, retryDelay } from './delivery-policy.ts';
import { readSubscriptionDelivery, readTopicDelivery } from './delivery-policy-reading.ts';

function delays(policy: Partial<RetryPolicy>): readonly number[] {
  const all: number[] = [];
  for (let retry = 1; ; retry += 1) {
    const delay = retryDelay({ ...defaultRetry, ...policy }, retry);
    if (delay === undefined) return all;
    all.push(Math.round(delay));
  }
}

const cases: readonly (readonly [Partial<RetryPolicy>, readonly number[]])[] = [
  [{}, [20, 20, 20]],
  [{ numRetries: 0 }, []],
  [{ numRetries: 4, numNoDelayRetries: 2, minDelayTarget: 1, maxDelayTarget: 1 }, [0, 0, 1, 1]],
  [
    {
      numRetries: 8,
      numNoDelayRetries: 1,
      numMinDelayRetries: 2,
      numMaxDelayRetries: 2,
      minDelayTarget: 10,
      maxDelayTarget: 30,
    },
    [0, 10, 10, 10, 20, 30, 30, 30],
  ],
  [{ numRetries: 4, minDelayTarget: 1, maxDelayTarget: 1_000, backoffFunction: 'exponential' }, [1, 10, 100, 1_000]],
  [{ numRetries: 3, minDelayTarget: 0, maxDelayTarget: 100, backoffFunction: 'geometric' }, [0, 25, 100]],
  [{ numRetries: 3, minDelayTarget: 0, maxDelayTarget: 100, backoffFunction: 'arithmetic' }, [0, 38, 100]],
];

for (const [policy, expected] of cases) {
  test(`delays of ${JSON.stringify(policy)}`, () => assert.deepEqual(delays(policy), expected));
}

test('queues and functions are tried for 23 days', () => {
  const all = delays(managedRetry);
  assert.equal(all.length, 100_015);
  assert.deepEqual(all.slice(0, 6), [0, 0, 0, 1, 1, 1]);
  assert.equal(Math.round(all.reduce((sum, each) => sum + each, 0) / 86_400), 23);
});

const wrong: readonly (readonly [string, string])[] = [
  ['x', 'failed to parse JSON.'],
  ['[]', 'policy must be an object'],
  ['{"https":{}}', 'Unexpected JSON member: https'],
  [
    '{"http":{"defaultHealthyRetryPolicy":{"numRetries":101}}}',
    'http.defaultHealthyRetryPolicy.numRetries must be less than or equal to 100',
  ],
  [
    '{"http":{"defaultHealthyRetryPolicy":{"numRetries":1.5}}}',
    'http.defaultHealthyRetryPolicy.numRetries must be an integer',
  ],
  [
    '{"http":{"defaultHealthyRetryPolicy":{"minDelayTarget":3}}}',
    'http.defaultHealthyRetryPolicy.maxDelayTarget must be specified',
  ],
  [
    '{"http":{"defaultHealthyRetryPolicy":{"minDelayTarget":3,"maxDelayTarget":2}}}',
    'http.defaultHealthyRetryPolicy.maxDelayTarget must be greater than or equal to minDelayTarget',
  ],
  [
    '{"http":{"defaultHealthyRetryPolicy":{"numRetries":2,"numNoDelayRetries":3}}}',
    'http.defaultHealthyRetryPolicy.numRetries must be greater than or equal to the sum of its phases',
  ],
  [
    '{"http":{"defaultThrottlePolicy":{"maxReceivesPerSecond":0}}}',
    'http.defaultThrottlePolicy.maxReceivesPerSecond must be greater than or equal to 1',
  ],
  [
    '{"http":{"defaultRequestPolicy":{"headerContentType":"a/b\\r\\nx: y"}}}',
    'http.defaultRequestPolicy.headerContentType is not a content type that is supported',
  ],
];

for (const [text, message] of wrong) {
  test(`${text} is refused`, () => assert.deepEqual(readTopicDelivery(text), { ok: false, message }));
}

test('a subscription has its own way, unless the topic forbids it', () => {
  const own = readSubscriptionDelivery('{"healthyRetryPolicy":{"numRetries":9}}');
  const topic = (disable: boolean) =>
    readTopicDelivery(
      `{"http":{"defaultHealthyRetryPolicy":{"numRetries":5},"disableSubscriptionOverrides":${disable}}}`,
    );
  const [open, closed] = [topic(false), topic(true)];
  assert.ok(own.ok && open.ok && closed.ok);
  assert.equal(effectivePolicy(open.policy, own.policy).retry.numRetries, 9);
  assert.equal(effectivePolicy(open.policy, undefined).retry.numRetries, 5);
  assert.equal(effectivePolicy(closed.policy, own.policy).retry.numRetries, 5);
});
