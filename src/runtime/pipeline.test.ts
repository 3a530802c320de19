import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ServiceError } from '#wire/service-error.ts';
import type { Context } from './context.ts';
import { forgetEvidence, policyTexts } from './evidence.ts';
import { type AnyOperation, unsupported } from './operation.ts';
import { counters, openToy } from './toy-for-tests.ts';

type Named = { readonly SecretId: string };

/** An operation that needs no permission. */
const operation = (handle: (input: Named, ctx: Context) => object | Promise<object>): AnyOperation => ({
  resource: 'none',
  handle: async (input: never, ctx) => handle(input, ctx),
});

async function open(operations: Readonly<Record<string, AnyOperation>>) {
  const toy = await openToy({ operations });
  after(() => toy.ringwall.stop());
  return toy;
}

const countOf = (ctx: Context, id: string) => ctx.records.get(counters, id);

/** Reads, waits until others have read the same, and writes one more. */
const increment = operation(async ({ SecretId }, ctx) => {
  const row = await countOf(ctx, SecretId);
  await new Promise(setImmediate);
  const count = (row?.count ?? 0) + 1;
  ctx.records.put(counters, SecretId, { count });
  return { Name: String(count) };
});

const look = operation(async ({ SecretId }, ctx) => ({ Name: String((await countOf(ctx, SecretId))?.count ?? 0) }));

test('50 increments at once: every one counts, once; overtaken calls run again', async () => {
  const { call, house, recorded } = await open({ DeleteSecret: increment, DescribeSecret: look });
  const answers = await Promise.all(Array.from({ length: 50 }, () => call('DeleteSecret', { SecretId: 'a' })));
  assert.deepEqual(
    answers.map(({ body }) => Number(body['Name'])).sort((a, b) => a - b),
    Array.from({ length: 50 }, (_, at) => at + 1),
  );
  assert.equal((await call('DescribeSecret', { SecretId: 'a' })).body['Name'], '50');
  const increments = (await recorded()).filter(({ event }) => event.eventName === 'DeleteSecret');
  assert.equal(increments.length, 50, 'an attempt that was overtaken leaves no audit record');
  assert.equal(new Set(increments.map(({ event }) => event.requestID)).size, 50);
  const conflicts = Number(
    /^ringwall_commit_conflicts_total (\d+)$/m.exec(await house.metrics.registry.metrics())?.[1],
  );
  assert.ok(conflicts > 0, 'they overtook each other');
});

test('a call that is overtaken without end is throttled, and changes nothing', async () => {
  let attempts = 0;
  const { call, house } = await open({
    DeleteSecret: operation(async ({ SecretId }, ctx) => {
      attempts += 1;
      ctx.records.create(counters, SecretId, { count: 2 });
      return {};
    }),
    DescribeSecret: increment,
  });
  await call('DescribeSecret', { SecretId: 'taken' });
  const before = await house.store.counts();
  const { status, body } = await call('DeleteSecret', { SecretId: 'taken' });
  assert.deepEqual([status, body['__type']], [400, 'ThrottlingException']);
  assert.equal(attempts, 100);
  assert.deepEqual(await house.store.counts(), before);
});

/** Writes, calls Parameter Store inside, and goes on whatever that said. */
const around = (inner: (ctx: Context) => Promise<unknown>) =>
  operation(async ({ SecretId }, ctx) => {
    ctx.records.create(counters, `${SecretId}/outer`, { count: 1 });
    try {
      await inner(ctx);
      return { Name: 'fine' };
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      return { Name: error.code };
    }
  });

test('a nested call commits with the outer one, under one request id, each with its audit record', async () => {
  const { call, recorded, house } = await open({
    DeleteSecret: around((ctx) => ctx.call('ssm', 'PutParameter', { Name: '/a', Value: '1', Type: 'String' })),
  });
  assert.equal((await call('DeleteSecret', { SecretId: 'a' })).body['Name'], 'fine');
  const counts = await house.store.counts();
  assert.deepEqual([counts['ssm/parameter'], counts['toy/counter']], [1, 1]);
  const [inner, outer, ...more] = await recorded();
  assert.deepEqual(more, []);
  assert.equal(inner?.event.eventName, 'PutParameter');
  assert.equal(inner?.event.userIdentity['invokedBy'], 'secretsmanager.amazonaws.com');
  assert.equal(outer?.event.eventName, 'DeleteSecret');
  assert.equal(inner?.event.requestID, outer?.event.requestID);
});

test('a nested call that fails leaves no writes, and its audit record stays', async () => {
  const toy = await open({
    DeleteSecret: around((ctx) => ctx.call('ssm', 'DeleteParameter', { Name: '/a' })),
  });
  toy.serve({
    name: 'ssm',
    operations: {
      DeleteParameter: operation((_input, ctx) => {
        ctx.records.create(counters, 'inner', { count: 1 });
        ctx.schedule({ kind: 'secretsmanager/none', id: '||x', runAt: 0 });
        throw new ServiceError('ParameterNotFound', '');
      }),
    },
  });
  assert.equal((await toy.call('DeleteSecret', { SecretId: 'a' })).body['Name'], 'ParameterNotFound');
  assert.equal((await toy.house.store.counts())['toy/counter'], 1, 'the outer write alone');
  assert.equal(await toy.house.store.nextJobAt(), undefined);
  assert.deepEqual(
    (await toy.recorded()).map(({ event }) => [event.eventName, event.errorCode]),
    [
      ['DeleteParameter', 'ParameterNotFound'],
      ['DeleteSecret', undefined],
    ],
  );
});

test('a call that fails after a nested one succeeded undoes both; both are on record', async () => {
  const { call, recorded, house } = await open({
    DeleteSecret: operation(async (_input, ctx) => {
      await ctx.call('ssm', 'PutParameter', { Name: '/a', Value: '1', Type: 'String' });
      throw new ServiceError('InvalidRequestException', 'no');
    }),
  });
  const { status, body } = await call('DeleteSecret', { SecretId: 'a' });
  assert.deepEqual(
    [status, body['__type'], body['Message'] ?? body['message']],
    [400, 'InvalidRequestException', 'no'],
  );
  assert.equal((await house.store.counts())['ssm/parameter'], undefined);
  assert.deepEqual(
    (await recorded()).map(({ event }) => [event.eventName, event.errorCode]),
    [
      ['PutParameter', undefined],
      ['DeleteSecret', 'InvalidRequestException'],
    ],
  );
});

test('nested input that breaks the model is refused', async () => {
  const { call, house } = await open({
    DeleteSecret: around((ctx) => ctx.call('ssm', 'PutParameter', { Name: '', Value: '1' })),
  });
  assert.equal((await call('DeleteSecret', { SecretId: 'a' })).body['Name'], 'ValidationException');
  assert.equal((await house.store.counts())['ssm/parameter'], undefined);
});

test('an answer that cannot be encoded changes nothing and says nothing', async () => {
  const { call, house, recorded } = await open({
    DeleteSecret: operation((_input, ctx) => {
      ctx.records.create(counters, 'a', { count: 1 });
      return { DeletionDate: 'PRIVATE: not a time' };
    }),
  });
  const { status, body } = await call('DeleteSecret', { SecretId: 'a' });
  assert.deepEqual([status, body['__type']], [500, 'InternalFailure']);
  assert.doesNotMatch(JSON.stringify(body), /PRIVATE/);
  assert.equal((await house.store.counts())['toy/counter'], undefined);
  const [record] = await recorded();
  assert.equal(record?.event.errorCode, 'InternalFailure', 'the failure is on record');
  assert.doesNotMatch(JSON.stringify(record), /PRIVATE/);
});

test('a mistake inside is a 500 without its text, is logged, and changes nothing', async () => {
  const { call, house } = await open({
    DeleteSecret: operation((_input, ctx) => {
      ctx.records.create(counters, 'a', { count: 1 });
      throw new TypeError('PRIVATE: of the inside');
    }),
  });
  const logged: object[] = [];
  house.log.error = (facts) => logged.push(facts);
  const { status, body } = await call('DeleteSecret', { SecretId: 'a' });
  assert.deepEqual([status, body['__type']], [500, 'InternalFailure']);
  assert.doesNotMatch(JSON.stringify(body), /PRIVATE|TypeError|toy/);
  assert.equal((await house.store.counts())['toy/counter'], undefined);
  assert.match(String((logged[0] as { err?: Error }).err?.message), /PRIVATE/);
});

test('what is not built says so; what was never named is unsupported, too', async () => {
  const toy = await openToy({ operations: { GetSecretValue: unsupported('secrets come later') } });
  after(() => toy.ringwall.stop());
  const reasoned = await toy.call('GetSecretValue', { SecretId: 'a' });
  assert.deepEqual([reasoned.status, reasoned.body['__type']], [400, 'UnsupportedOperation']);
  assert.match(JSON.stringify(reasoned.body), /does not serve secretsmanager:GetSecretValue: secrets come later\./);
  const unnamed = await toy.call('ListSecrets');
  assert.match(JSON.stringify(unnamed.body), /secretsmanager:ListSecrets: it is not part of this release\./);
});

test('invalid input never reaches the operation', async () => {
  let reached = 0;
  const { call } = await open({
    DeleteSecret: operation(() => {
      reached += 1;
      return {};
    }),
  });
  assert.equal((await call('DeleteSecret', {})).body['__type'], 'ValidationException');
  assert.equal((await call('DeleteSecret', { SecretId: 'x'.repeat(5_000) })).body['__type'], 'ValidationException');
  assert.equal(reached, 0);
});

/** Asks for a permission on a resource with a policy of its own, so that the decision has a text to keep. */
const guarded = (): AnyOperation => ({
  resource: (input: never) => ({
    arn: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:a',
    policy: { kind: 'resource', source: 'policy of a', text: (input as Named).SecretId },
  }),
  handle: () => ({}),
});
const policy = (sid: string) =>
  JSON.stringify({ Statement: { Sid: sid, Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' } });

test('the text of a policy that decided is stored once, however often it decides', async () => {
  const { call, house, recorded } = await open({ DescribeSecret: guarded() });
  const texts = async () => (await house.store.counts())[policyTexts.name] ?? 0;
  let lookUps = 0;
  const get = house.store.get.bind(house.store);
  house.store.get = (key) => {
    if (key.collection === policyTexts.name) lookUps += 1;
    return get(key);
  };
  await Promise.all(Array.from({ length: 10 }, () => call('DescribeSecret', { SecretId: policy('one') })));
  const first = await texts();
  assert.ok(first > 0);
  lookUps = 0;
  await call('DescribeSecret', { SecretId: policy('one') });
  assert.deepEqual([await texts(), lookUps], [first, 0]);
  // As after a restart: the text is there, and this process does not know.
  forgetEvidence(house.store);
  assert.equal((await call('DescribeSecret', { SecretId: policy('one') })).status, 200);
  assert.deepEqual([await texts(), lookUps], [first, first]);
  await call('DescribeSecret', { SecretId: policy('two') });
  assert.equal(await texts(), first + 1);
  assert.equal((await recorded()).length, 13);
});

test('the texts are stored again after everything was deleted', async () => {
  const toy = await openToy({ operations: { DescribeSecret: guarded() } }, { auth: 'open', resetRoute: true });
  after(() => toy.ringwall.stop());
  const texts = async () => (await toy.house.store.counts())[policyTexts.name] ?? 0;
  await toy.call('DescribeSecret', { SecretId: policy('one') });
  const first = await texts();
  assert.ok(first > 0);
  const reset = await fetch(`${toy.ringwall.endpoint}/_ringwall/reset`, { method: 'POST' });
  assert.equal(reset.status, 200);
  assert.equal(await texts(), 0);
  await toy.call('DescribeSecret', { SecretId: policy('one') });
  assert.equal(await texts(), first);
});

test('a refusal is on record with its decision before the client hears of it', async () => {
  const denied = JSON.stringify({ Statement: { Effect: 'Deny', Principal: '*', Action: '*', Resource: '*' } });
  const { call, recorded } = await open({ DescribeSecret: guarded() });
  const { status, body } = await call('DescribeSecret', { SecretId: denied });
  assert.deepEqual([status, body['__type']], [400, 'AccessDeniedException']);
  const [only] = await recorded();
  assert.equal(only?.event.errorCode, 'AccessDenied');
  assert.equal(only?.decisions.length, 1);
});
