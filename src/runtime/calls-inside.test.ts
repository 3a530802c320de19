import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { IAM } from '@aws-sdk/client-iam';
import { SSM } from '@aws-sdk/client-ssm';
import type { CallOptions, Context } from './context.ts';
import type { AnyOperation } from './operation.ts';
import { counters, openToy, type Toy } from './toy-for-tests.ts';

/** Calls that a service makes for itself, or with a role: the toy speaks for Secrets Manager. */

const host = 'secretsmanager.amazonaws.com';
const topic = { arn: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:a', account: '123456789012' };
let how: CallOptions = {};
const read: AnyOperation = {
  resource: 'none',
  handle: async ({ SecretId }: { readonly SecretId: string }, ctx: Context) => {
    const { Parameter } = await ctx.call('ssm', 'GetParameter', { Name: SecretId }, how);
    return { Name: Parameter?.Value };
  },
};
let runs = 0;
/** Makes two calls inside that each have something to do once. */
const twice: AnyOperation = {
  resource: 'none',
  handle: async (_input: object, ctx: Context) => {
    const said: string[] = [];
    for (const SecretId of ['one', 'two']) {
      const answer = await ctx.call('secretsmanager' as never, 'ListSecretVersionIds' as never, { SecretId } as never);
      said.push(String((answer as { readonly Name?: string }).Name));
    }
    return { Name: said.join() };
  },
};
const echo: AnyOperation = {
  resource: 'none',
  handle: async ({ SecretId }: { readonly SecretId: string }, ctx: Context) => ({
    Name: await ctx.once('said', async () => SecretId),
  }),
};
/** Runs something once, and counts where others count at the same time. */
const once: AnyOperation = {
  resource: 'none',
  handle: async ({ SecretId }: { readonly SecretId: string }, ctx: Context) => {
    const run = await ctx.once('run', async () => {
      runs += 1;
      return runs;
    });
    attempts += 1;
    const { count } = (await ctx.records.get(counters, SecretId)) ?? { count: 0 };
    await new Promise(setImmediate);
    ctx.records.put(counters, SecretId, { count: count + 1 });
    return { Name: String(run) };
  },
};
let attempts = 0;

describe('calls inside', () => {
  let toy: Toy;
  let iam: IAM;
  const document = (...Statement: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
  const role = { role: 'arn:aws:iam::123456789012:role/worker', session: 'toy' };
  const trust = (Condition: object) =>
    document({ Effect: 'Allow', Principal: { Service: host }, Action: 'sts:AssumeRole', Condition });

  before(async () => {
    toy = await openToy({
      operations: { GetSecretValue: read, DescribeSecret: once, DeleteSecret: twice, ListSecretVersionIds: echo },
    });
    iam = new IAM(toy.ringwall.client);
    const ssm = new SSM(toy.ringwall.client);
    await ssm.putParameter({ Name: '/a', Value: 'seen', Type: 'String' });
    await ssm.putParameter({ Name: '/b', Value: 'hidden', Type: 'String' });
    ssm.destroy();
    const named = { StringEquals: { 'aws:SourceArn': topic.arn, 'aws:SourceAccount': topic.account } };
    await iam.createRole({ RoleName: 'worker', AssumeRolePolicyDocument: trust(named) });
    const allow = { Effect: 'Allow', Action: 'ssm:GetParameter', Resource: 'arn:aws:ssm:*:*:parameter/a' };
    await iam.putRolePolicy({ RoleName: 'worker', PolicyName: 'read', PolicyDocument: document(allow) });
  });
  after(async () => {
    iam.destroy();
    await toy.ringwall.stop();
  });

  const get = async (SecretId: string, options: CallOptions) => {
    how = options;
    const { status, body } = await toy.call('GetSecretValue', { SecretId });
    return status === 200 ? body['Name'] : String(body['message'] ?? body['Message']);
  };

  test('as the caller: with what the caller may', async () => {
    assert.equal(await get('/b', {}), 'hidden');
  });

  test('as the service: what no policy of the resource allows is denied', async () => {
    assert.match((await get('/a', { as: 'service' })) as string, new RegExp(`${host} is not authorized to perform`));
  });

  test('as a role: with what the role may, on record as its session', async () => {
    assert.equal(await get('/a', { as: role, source: topic }), 'seen');
    assert.match(
      (await get('/b', { as: role, source: topic })) as string,
      /assumed-role\/worker\/toy is not authorized to perform: ssm:GetParameter/,
    );
    const calls = (await toy.recorded()).map(({ event }) => event);
    const assumed = calls.filter(({ eventName }) => eventName === 'AssumeRole');
    assert.deepEqual(
      assumed.map(({ userIdentity }) => userIdentity['invokedBy']),
      [host],
    );
    const last = calls.findLast(({ eventName }) => eventName === 'GetParameter');
    assert.equal(last?.userIdentity['arn'], 'arn:aws:sts::123456789012:assumed-role/worker/toy');
  });

  test('as a role that trusts the service for another cause only', async () => {
    const other = { arn: `${topic.arn}-other`, account: topic.account };
    const refusal = /is not authorized to perform: sts:AssumeRole/;
    assert.match((await get('/a', { as: role, source: other })) as string, refusal);
    assert.match((await get('/a', { as: role })) as string, refusal);
  });

  test('as a role that is gone, also when its session is still at hand', async () => {
    assert.equal(await get('/a', { as: role, source: topic }), 'seen');
    await iam.deleteRolePolicy({ RoleName: 'worker', PolicyName: 'read' });
    await iam.deleteRole({ RoleName: 'worker' });
    assert.match((await get('/a', { as: role, source: topic })) as string, /not authorized to perform: sts:AssumeRole/);
  });

  test('what must happen once per call happens once, however often the call is overtaken', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => toy.call('DescribeSecret', { SecretId: 'x' })));
    assert.equal(new Set(answers.map(({ body }) => body['Name'])).size, 20);
    assert.equal(runs, 20);
    assert.ok(attempts > 20, `${attempts} attempts: nobody was overtaken`);
  });

  test('calls inside that do the same each do it once for themselves', async () => {
    const { body } = await toy.call('DeleteSecret', { SecretId: 'x' });
    assert.equal(body['Name'], 'one,two');
  });
});
