import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { AuditUpkeep } from './audit-upkeep.ts';

const clock = { now: () => 1_000_000 };

test('old blocks go step by step until none is left, soon after the start and again later', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const asked: number[] = [];
  let left = 3;
  const drop = async (before: number) => {
    asked.push(before);
    return left-- > 0 ? 256 : 0;
  };
  const upkeep = new AuditUpkeep({ index: async () => undefined, drop, clock, keepMs: 400_000 });
  t.mock.timers.tick(60_000);
  await upkeep.dropOld();
  assert.deepEqual(asked, [600_000, 600_000, 600_000, 600_000]);
  left = 1;
  await new Promise(setImmediate);
  t.mock.timers.tick(600_000);
  await upkeep.dropOld();
  assert.equal(asked.length, 6);
  await upkeep.stop();
  t.mock.timers.tick(600_000);
  assert.equal(asked.length, 6);
});

test('without a limit nothing is deleted', async () => {
  const drop = async () => assert.fail('deleted');
  const upkeep = new AuditUpkeep({ index: async () => undefined, drop, clock, keepMs: undefined });
  await upkeep.dropOld();
  await upkeep.stop();
});

test('what fails is tried again, and the end waits for what is under way', async () => {
  let tries = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  const index = async () => {
    tries += 1;
    if (tries === 1) throw new Error('no disk');
    await promise;
  };
  const upkeep = new AuditUpkeep({ index, drop: async () => 0, clock, keepMs: 1 });
  upkeep.index();
  await new Promise(setImmediate);
  upkeep.index();
  upkeep.index();
  assert.equal(tries, 2, 'one at a time');
  let stopped = false;
  const stopping = upkeep.stop().then(() => {
    stopped = true;
  });
  await new Promise(setImmediate);
  assert.equal(stopped, false);
  resolve();
  await stopping;
  upkeep.index();
  assert.equal(tries, 2);
});
