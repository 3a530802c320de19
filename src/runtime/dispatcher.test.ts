import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { AnyOperation } from './operation.ts';
import type { Published, Subscriber } from './service.ts';
import { counters, openToy } from './toy-for-tests.ts';

type Named = { readonly SecretId: string };

/** Publishes its input. */
const publish: AnyOperation = {
  resource: 'none',
  handle: async ({ SecretId }: Named, ctx) => {
    ctx.publish('toy/said', SecretId);
    if (SecretId === 'refused') throw new Error('after publishing');
    return { Name: SecretId };
  },
};

async function open(take: Subscriber) {
  const toy = await openToy({ operations: { DeleteSecret: publish }, subscribers: { 'toy/said': take } });
  after(() => toy.ringwall.stop());
  const say = (SecretId: string) => toy.call('DeleteSecret', { SecretId });
  return { toy, say };
}

test('what calls publish is taken in the order of commits, once, at its place, as the service', async () => {
  const taken: Published[] = [];
  const as: string[] = [];
  const { toy, say } = await open(async (events, at) => {
    taken.push(...events);
    as.push(...events.map(({ account, region }) => at(account, region).principal.arn));
  });
  const words = Array.from({ length: 30 }, (_, index) => `word-${index}`);
  for (const word of words) await say(word);
  await toy.ringwall.settled();
  assert.deepEqual(
    taken.map(({ body }) => body),
    words,
  );
  const { account } = toy.ringwall;
  assert.deepEqual(taken[0], { topic: 'toy/said', account, region: 'us-east-1', body: 'word-0', seq: 1 });
  assert.deepEqual(new Set(as), new Set(['secretsmanager.amazonaws.com']));
});

test('a call that fails publishes nothing', async () => {
  const taken: unknown[] = [];
  const { toy, say } = await open(async (events) => void taken.push(...events.map(({ body }) => body)));
  assert.equal((await say('refused')).status, 500);
  await say('said');
  await toy.ringwall.settled();
  assert.deepEqual(taken, ['said']);
});

test('what a batch writes commits once, all of it', async () => {
  const { toy, say } = await open(async (events, at) => {
    for (const { account, region, body } of events) {
      const { records } = at(account, region);
      const { count } = (await records.get(counters, String(body))) ?? { count: 0 };
      records.put(counters, String(body), { count: count + 1 });
    }
  });
  await Promise.all(['a', 'b', 'a', 'a'].map(say));
  await toy.ringwall.settled();
  const countOf = async (id: string) => {
    const key = { collection: counters.name, account: toy.ringwall.account, region: 'us-east-1', id };
    return (await toy.house.store.get<{ readonly count: number }>(key))?.value.count;
  };
  assert.deepEqual([await countOf('a'), await countOf('b')], [3, 1]);
});

test('an event that cannot be taken holds up no other, and is tried again until it can', async () => {
  const taken: unknown[] = [];
  let broken = true;
  const { toy, say } = await open(async (events) => {
    if (broken && events.some(({ body }) => body === 'poison')) throw new Error('not this one');
    taken.push(...events.map(({ body }) => body));
  });
  await Promise.all(['a', 'poison', 'b'].map(say));
  await toy.ringwall.settled();
  assert.deepEqual([...taken].sort(), ['a', 'b']);
  await toy.ringwall.advance(2_000);
  assert.equal(taken.length, 2);
  broken = false;
  await toy.ringwall.advance(10 * 60_000);
  assert.deepEqual([...taken].sort(), ['a', 'b', 'poison']);
});
