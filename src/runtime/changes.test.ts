import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Context } from './context.ts';
import type { AnyOperation } from './operation.ts';
import { counters, openToy, type Toy } from './toy-for-tests.ts';

type Named = { readonly SecretId: string };

const patience = 20_000;

/** Waits until there is a counter of this name, or for 20 seconds. */
const awaitCounter: AnyOperation = {
  resource: 'none',
  handle: async ({ SecretId }: Named, ctx: Context) => {
    const watch = ctx.watch(counters, SecretId);
    const until = ctx.now + patience;
    for (let now = ctx.now; ; now = await watch.changed(until, ctx.request.gone)) {
      const [found] = await ctx.records.list(counters, { prefix: SecretId });
      if (found !== undefined || now >= until) return { Name: found?.id ?? 'nothing' };
      waiting?.();
    }
  },
};
let waiting: (() => void) | undefined;

const make: AnyOperation = {
  resource: 'none',
  handle: async ({ SecretId }: Named, ctx: Context) => {
    ctx.records.create(counters, SecretId, { count: 1 });
    return { Name: SecretId };
  },
};

async function open() {
  const toy = await openToy({ operations: { DescribeSecret: awaitCounter, DeleteSecret: make } });
  after(() => toy.ringwall.stop());
  return { toy, call: toy.call };
}

/** A call that has begun to wait; in an object, since a promise of a promise would be waited for. */
async function waitingCall(call: Toy['call'], SecretId: string) {
  const begun = new Promise<void>((resolve) => {
    waiting = resolve;
  });
  const answer = call('DescribeSecret', { SecretId });
  await begun;
  return { answer };
}

test('a waiting call hears of the commit that it waits for, and of no other', async () => {
  const { call } = await open();
  const { answer } = await waitingCall(call, 'mine');
  await call('DeleteSecret', { SecretId: 'other' });
  await call('DeleteSecret', { SecretId: 'mine-1' });
  assert.equal((await answer).body['Name'], 'mine-1');
});

test('what commits between reading and waiting is not missed', async () => {
  const { call } = await open();
  let made: Promise<unknown> | undefined;
  waiting = () => {
    made ??= call('DeleteSecret', { SecretId: 'quick' });
  };
  assert.equal((await call('DescribeSecret', { SecretId: 'quick' })).body['Name'], 'quick');
  await made;
});

test('a wait ends when the clock passes its end', async () => {
  const { call, toy } = await open();
  const { answer } = await waitingCall(call, 'never');
  toy.ringwall.installation.clock.advance(patience);
  assert.equal((await answer).body['Name'], 'nothing');
});

test('a server that ends keeps nobody waiting', async () => {
  const { call, toy } = await open();
  const { answer } = await waitingCall(call, 'never');
  toy.ringwall.installation.endWaiting();
  assert.equal((await answer).body['Name'], 'nothing');
});
