import { strict as assert } from 'node:assert';
import { after, before, describe, test } from 'node:test';
import { openTestLambda, refused, type TestLambda } from './client-for-tests.ts';

describe('functions run', () => {
  let on: TestLambda;
  before(async () => {
    on = await openTestLambda();
  });
  after(() => on.stop());

  test('an async handler of an ES module gets its event and its context', async () => {
    await on.make(
      'echo',
      'export const handler = async (event, context) => { console.log("seen", event); return { event, context, left: context.getRemainingTimeInMillis() }; };',
    );
    const { value, error, log, version } = await on.call('echo', { a: 'ü' });
    assert.equal(error, undefined);
    assert.equal(version, '$LATEST');
    assert.deepEqual(value.event, { a: 'ü' });
    assert.equal(value.context.functionName, 'echo');
    assert.equal(value.context.memoryLimitInMB, '128');
    assert.equal(value.context.invokedFunctionArn, on.arn('echo'));
    assert.equal(value.context.logGroupName, '/aws/lambda/echo');
    assert.ok(value.left > 0 && value.left <= 3_000);
    const id = value.context.awsRequestId;
    const lines = log.split('\n');
    assert.equal(lines[0], `START RequestId: ${id} Version: $LATEST`);
    assert.match(lines[1] ?? '', new RegExp(`^\\S+Z\t${id}\tINFO\tseen { a: 'ü' }$`));
    assert.equal(lines[2], `END RequestId: ${id}`);
    assert.match(
      lines[3] ?? '',
      /^REPORT RequestId: \S+\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\tMemory Size: 128 MB\tMax Memory Used: \d+ MB\tInit Duration: [\d.]+ ms\t$/,
    );
  });

  test('no payload is an empty event, no answer is null', async () => {
    await on.make('quiet', 'export const handler = async (event) => { if (Object.keys(event).length) return 1; };');
    assert.equal((await on.call('quiet')).value, null);
    assert.equal((await on.call('quiet', { a: 1 })).value, 1);
  });

  test('an error is answered as AWS’s runtime tells it', async () => {
    await on.make('fails', 'export const handler = async () => { throw new TypeError("no"); };');
    const { value, error, log } = await on.call('fails');
    assert.equal(error, 'Unhandled');
    assert.equal(value.errorType, 'TypeError');
    assert.equal(value.errorMessage, 'no');
    assert.match(value.trace[1], /index\.mjs:1:\d+/);
    assert.match(log, /ERROR\tInvoke Error \t\{"errorType":"TypeError"/);
  });

  test('what is not there, and what is no JSON', async () => {
    await refused(on.call('none'), 'ResourceNotFoundException', `Function not found: ${on.arn('none')}:$LATEST`);
    await refused(
      on.lambda.invoke({ FunctionName: 'echo', Payload: Buffer.from('nope') }),
      'InvalidRequestContentException',
      /^Could not parse request body into json: Could not parse payload into json: Unrecognized token 'nope'/,
    );
  });
});
