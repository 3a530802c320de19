import assert from 'node:assert/strict';
import { test } from 'node:test';
import { functionTimes } from './cpu-profile.ts';

const root = '/house';
const ours = (functionName: string) => ({ functionName, url: `file:///house/src/${functionName}.ts`, lineNumber: 9 });
const runtime = (functionName: string) => ({ functionName, url: 'node:crypto', lineNumber: 4 });
const bare = (functionName: string) => ({ functionName, url: '', lineNumber: -1 });

/** (root) → (idle), (program), and listen → answer → hash → update, answer → answer. */
const profile = {
  nodes: [
    { id: 1, callFrame: bare('(root)'), children: [2, 3, 4] },
    { id: 2, callFrame: bare('(idle)') },
    { id: 3, callFrame: bare('(program)') },
    { id: 4, callFrame: runtime('listen'), children: [5] },
    { id: 5, callFrame: ours('answer'), children: [6, 8] },
    { id: 6, callFrame: runtime('hash'), children: [7] },
    { id: 7, callFrame: bare('update') },
    { id: 8, callFrame: ours('answer') },
  ],
  startTime: 1_000_000,
  samples: [2, 3, 4, 5, 6, 7, 8],
  timeDeltas: [64_000, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000],
};

const cases = [
  { where: '(program)', self: 1, charged: 1, total: 1 },
  { where: 'listen node:crypto:5', self: 2, charged: 2, total: 62 },
  { where: 'answer src/answer.ts:10', self: 36, charged: 60, total: 60 },
  { where: 'hash node:crypto:5', self: 8, charged: 0, total: 24 },
  { where: 'update', self: 16, charged: 0, total: 16 },
];

test('each function has its time; the runtime is charged to the function of ours that called it', () => {
  const times = [...functionTimes(profile, root)].sort((a, b) => a.where.localeCompare(b.where));
  assert.deepEqual(
    times,
    [...cases].sort((a, b) => a.where.localeCompare(b.where)),
  );
});

test('charges add up to the work: waiting is left out', () => {
  const sum = (of: 'self' | 'charged') => functionTimes(profile, root).reduce((all, times) => all + times[of], 0);
  assert.equal(sum('self'), 63);
  assert.equal(sum('charged'), 63);
});

test('a window leaves out what came before and after', () => {
  const times = functionTimes(profile, root, { from: 1_065_500, to: 1_067_000 }).filter(({ self }) => self > 0);
  assert.deepEqual(
    times.map(({ where, self }) => [where, self]),
    [['listen node:crypto:5', 2]],
  );
});
