import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MovableClock } from './clock.ts';

const stopped = { now: () => 1_000, wireNow: () => 1_000 };

test('a moved clock is ahead for the installation and not for signatures', () => {
  const clock = new MovableClock(stopped);
  clock.advance(500);
  clock.advance(0);
  clock.advance(250);
  assert.deepEqual([clock.now(), clock.wireNow()], [1_750, 1_000]);
  clock.reset();
  assert.equal(clock.now(), 1_000);
});

test('it tells of each move, after it', () => {
  const clock = new MovableClock(stopped);
  const heard: number[] = [];
  clock.onMove(() => heard.push(clock.now()));
  clock.advance(1);
  clock.advance(2);
  assert.deepEqual(heard, [1_001, 1_003]);
});

for (const ms of [-1, Number.NaN]) {
  test(`it is not moved by ${ms}`, () => {
    const clock = new MovableClock(stopped);
    assert.throws(() => clock.advance(ms), RangeError);
    assert.equal(clock.now(), 1_000);
  });
}
