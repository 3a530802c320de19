import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpuSeconds, cpuSecondsIn, residentMiB, residentMiBIn } from './process-usage.ts';

const linux = { skip: process.platform === 'linux' ? false : 'needs /proc' };

test('user and system time are fields 14 and 15, whatever the process is called', () => {
  const rest = 'S 1 2 3 4 5 6 7 8 9 10 150 25 0 0 20 0 11';
  assert.equal(cpuSecondsIn(`42 (node) ${rest}`), 1.75);
  assert.equal(cpuSecondsIn(`42 (a) S 1 (b) ${rest}`), 1.75);
});

test('work on this process shows as its CPU time', linux, () => {
  const own = process.cpuUsage();
  const before = cpuSeconds(process.pid);
  let used = process.cpuUsage(own);
  while (used.user + used.system < 200_000) used = process.cpuUsage(own);
  const seconds = cpuSeconds(process.pid) - before;
  assert.ok(seconds >= 0.17 && seconds <= 0.25, `${seconds}`);
});

test('memory of this process is what it says itself', linux, () => {
  const own = process.memoryUsage.rss() / 2 ** 20;
  assert.ok(Math.abs(residentMiB(process.pid) - own) < 20);
});

test('memory is the VmRSS line', () => {
  assert.equal(residentMiBIn('VmHWM:\t   9999 kB\nVmRSS:\t  102400 kB\nRssAnon:\t  1 kB\n'), 100);
});
