import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { startRingwall } from '../../../test/harness/start.ts';

test('what runs beside requests lets a server end whose waits are over', async () => {
  const ringwall = await startRingwall();
  ringwall.installation.endWaiting();
  // No watch waits any longer: a loop around one must not keep timers from running.
  const began = performance.now();
  await new Promise((resolve) => setTimeout(resolve, 30));
  await ringwall.stop();
  assert.ok(performance.now() - began < 10_000);
});
