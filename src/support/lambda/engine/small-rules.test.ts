import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import { refuseVariables } from './environment-variables.ts';
import { exitText } from './exit-text.ts';
import { parsePattern } from './filter-pattern.ts';
import { functionArn, parseFunction } from './function-name.ts';
import { refusePayload } from './payload.ts';
import { afterFailure, longestAgeMs } from './retries.ts';
import { routed } from './routing.ts';
import { refuseRuntime } from './runtime-names.ts';
import { failedItems, inBatches, passes } from './sqs-batch.ts';

test('names of functions', () => {
  const whole = { region: 'us-east-1', account: '123456789012', name: 'f', qualifier: undefined };
  const none = { region: undefined, account: undefined, qualifier: undefined };
  const cases: readonly (readonly [string, object])[] = [
    ['f', { ...none, name: 'f' }],
    ['f:live', { ...none, name: 'f', qualifier: 'live' }],
    ['function:f', { ...none, name: 'f' }],
    ['function:f:$LATEST', { ...none, name: 'f', qualifier: '$LATEST' }],
    ['123456789012:function:f', { ...whole, region: undefined }],
    ['123456789012:f:1', { ...whole, region: undefined, qualifier: '1' }],
    ['arn:aws:lambda:us-east-1:123456789012:function:f', whole],
    ['arn:aws:lambda:us-east-1:123456789012:function:f:1', { ...whole, qualifier: '1' }],
  ];
  for (const [text, expected] of cases) assert.deepEqual(parseFunction(text), expected, text);
  assert.deepEqual(parseFunction(functionArn('123456789012', 'us-gov-west-1', 'f', 'a')), {
    ...whole,
    region: 'us-gov-west-1',
    qualifier: 'a',
  });
});

test('ends of runtimes', () => {
  assert.equal(exitText(0, null), 'Runtime exited without providing a reason');
  assert.equal(exitText(127, null), 'Runtime exited with error: exit status 127');
  assert.equal(exitText(null, 'SIGKILL'), 'Runtime exited with error: signal: killed');
  assert.equal(exitText(null, 'SIGSEGV'), 'Runtime exited with error: signal: segmentation fault');
});

test('weights divide the calls of an alias', () => {
  assert.equal(routed('1', {}, 0), '1');
  assert.equal(routed('1', { 2: 0.1 }, 0.0999), '2');
  assert.equal(routed('1', { 2: 0.1 }, 0.1), '1');
  assert.equal(routed('1', { 2: 1 }, 0.999), '2');
  assert.equal(routed('1', { 2: 0 }, 0), '1');
});

test('retries of background events', () => {
  assert.deepEqual(afterFailure(1, 0, undefined, longestAgeMs), { retryInMs: 60_000 });
  assert.deepEqual(afterFailure(2, 0, undefined, longestAgeMs), { retryInMs: 120_000 });
  assert.deepEqual(afterFailure(3, 0, undefined, longestAgeMs), { condition: 'RetriesExhausted' });
  assert.deepEqual(afterFailure(1, 0, 0, longestAgeMs), { condition: 'RetriesExhausted' });
  assert.deepEqual(afterFailure(1, 1, undefined, 60_000), { condition: 'EventAgeExceeded' });
  assert.deepEqual(afterFailure(1, 0, undefined, 60_000), { retryInMs: 60_000 });
});

test('payloads are JSON', () => {
  const refusal = (text: string | Uint8Array) => refusePayload(Buffer.from(text));
  for (const fine of ['', '{}', '1', 'null', '"ü"', '[1]']) assert.equal(refusal(fine), undefined, fine);
  assert.match(refusal('nope') ?? '', /^Could not parse payload into json: Unrecognized token 'nope'/);
  assert.match(refusal('{"a":') ?? '', /^Could not parse payload into json: /);
  // Recorded: test_lambda_invoke_payload_encoding_error.
  assert.equal(
    refusal(Buffer.from('n\x87r\x9e\xe9\xb5\xd7I\xee\x9bmt', 'latin1')),
    'Could not parse payload into json: Invalid UTF-8 start byte 0x87\n at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: 3]',
  );
  fc.assert(fc.property(fc.jsonValue(), (value) => refusal(JSON.stringify(value)) === undefined));
  fc.assert(fc.property(fc.uint8Array(), (bytes) => ['string', 'undefined'].includes(typeof refusePayload(bytes))));
});

test('variables', () => {
  assert.equal(refuseVariables({ A: 'x'.repeat(4_096 - '{"A":""}'.length) }), undefined);
  assert.match(refuseVariables({ A: 'x'.repeat(4_097 - '{"A":""}'.length) }) ?? '', /exceeded the 4KB limit/);
  assert.match(refuseVariables({ AWS_REGION: 'x', B: 'y' }) ?? '', /Reserved keys used in this request: AWS_REGION$/);
});

test('runtimes', () => {
  for (const runtime of ['nodejs22.x', 'python3.12', 'provided.al2023'])
    assert.equal(refuseRuntime(runtime), undefined);
  assert.match(refuseRuntime('nodejs12.x') ?? '', /no longer supported/);
  assert.match(refuseRuntime('none') ?? '', /^Value none at 'runtime' failed/);
  assert.match(refuseRuntime('java21') ?? '', /not served here/);
});

test('what a function reports of its batch', () => {
  const ids = ['a', 'b'];
  const cases: readonly (readonly [string, readonly string[] | undefined])[] = [
    ['null', []],
    ['{}', []],
    ['{"batchItemFailures":null}', []],
    ['{"batchItemFailures":[]}', []],
    ['{"batchItemFailures":[{"itemIdentifier":"b"}]}', ['b']],
    ['{"batchItemFailures":[{"itemIdentifier":"c"}]}', undefined],
    ['{"batchItemFailures":[{"itemIdentifier":""}]}', undefined],
    ['{"batchItemFailures":[{"other":"b"}]}', undefined],
    ['{"batchItemFailures":"b"}', undefined],
    ['[]', undefined],
    ['"text"', undefined],
    ['', undefined],
  ];
  for (const [answer, expected] of cases) assert.deepEqual(failedItems(answer, ids), expected, answer);
});

test('batches hold what fits, in order', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 50 })), fc.integer({ min: 1, max: 5 }), (records, most) => {
      const batches = inBatches(records, most);
      assert.deepEqual(batches.flat(), records);
      assert.ok(batches.every((batch) => batch.length > 0 && batch.length <= most));
    }),
  );
  const large = 'x'.repeat(3_500_000);
  assert.deepEqual(
    inBatches([large, large], 10).map(({ length }) => length),
    [1, 1],
  );
});

test('filters look into bodies that are JSON', () => {
  const looksIn = [parsePattern('{"body":{"a":["x"]}}')].filter((each) => each !== undefined);
  const takesText = [parsePattern('{"body":["plain"]}')].filter((each) => each !== undefined);
  assert.equal(passes({ body: '{"a":"x"}' }, looksIn), true);
  assert.equal(passes({ body: '{"a":"y"}' }, looksIn), false);
  assert.equal(passes({ body: 'plain' }, looksIn), false);
  assert.equal(passes({ body: 'plain' }, takesText), true);
  assert.equal(passes({ body: 'anything' }, []), true);
});
