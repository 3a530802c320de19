import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeyedQueue } from './keyed-queue.ts';

test('work of one key runs one at a time, in order of arrival; other keys do not wait', async () => {
  const queue = new KeyedQueue();
  const steps: string[] = [];
  const gate = Promise.withResolvers<void>();
  const slow = queue.run('a', async () => {
    steps.push('a1 begins');
    await gate.promise;
    steps.push('a1 ends');
  });
  const next = queue.run('a', async () => steps.push('a2'));
  const last = queue.run('a', async () => steps.push('a3'));
  await queue.run('b', async () => steps.push('b'));
  assert.deepEqual(steps, ['a1 begins', 'b']);
  gate.resolve();
  await Promise.all([slow, next, last]);
  assert.deepEqual(steps, ['a1 begins', 'b', 'a1 ends', 'a2', 'a3']);
});

test('what fails fails for its caller only', async () => {
  const queue = new KeyedQueue();
  const failed = queue.run('a', () => Promise.reject(new Error('mine')));
  const next = queue.run('a', async () => 'fine');
  await assert.rejects(failed, /mine/);
  assert.equal(await next, 'fine');
  assert.equal(await queue.run('a', async () => 'later'), 'later');
});
