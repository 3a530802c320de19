import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Job } from '#store/store.ts';
import { jobId, runJob } from './run-job.ts';
import { Scheduler } from './scheduler.ts';
import type { JobHandler, SlowJob } from './service.ts';
import { counters, openToy, type Toy } from './toy-for-tests.ts';
import { Unit } from './unit.ts';

const minute = 60_000;

async function open(jobs: Readonly<Record<string, JobHandler | SlowJob>>): Promise<Toy> {
  const toy = await openToy({ jobs });
  after(() => toy.ringwall.stop());
  return toy;
}

/** Schedules a job in account 111122223333 and us-east-1, `inMs` from the installation's now. */
async function schedule({ house }: Toy, name: string, what: string, inMs: number, payload?: unknown): Promise<void> {
  const unit = new Unit();
  const id = jobId('111122223333', 'us-east-1', what);
  unit.job({ kind: `secretsmanager/${name}`, id, runAt: house.clock.now() + inMs, payload });
  await house.store.commit(unit.commit([]));
}

const dueIn = async ({ house }: Toy) => ((await house.store.nextJobAt()) ?? Number.NaN) - house.clock.now();

test('a job runs when the moved clock reaches its time: at its place, as the service, once', async () => {
  const ran: unknown[] = [];
  const toy = await open({
    note: async (what, payload, ctx) => {
      ran.push([what, payload, ctx.account, ctx.region, ctx.principal.arn, ctx.service, ctx.operation]);
    },
  });
  await schedule(toy, 'note', 'a|b', 10 * minute, { text: 'x' });
  await schedule(toy, 'note', 'later', 60 * minute);
  await toy.ringwall.advance(9 * minute);
  assert.deepEqual(ran, []);
  await toy.ringwall.advance(2 * minute);
  const host = 'secretsmanager.amazonaws.com';
  assert.deepEqual(ran, [['a|b', { text: 'x' }, '111122223333', 'us-east-1', host, 'secretsmanager', 'note']]);
  await toy.ringwall.advance(30 * minute);
  assert.equal(ran.length, 1);
});

test('many due jobs run in the order of their times, all of them', async () => {
  const ran: string[] = [];
  const toy = await open({ note: async (what) => void ran.push(what) });
  const wanted = Array.from({ length: 120 }, (_, at) => `job-${String(at).padStart(3, '0')}`);
  const unit = new Unit();
  const start = toy.house.clock.now() + minute;
  for (const [at, what] of [...wanted.entries()].reverse()) {
    unit.job({ kind: 'secretsmanager/note', id: jobId('', '', what), runAt: start + at });
  }
  await toy.house.store.commit(unit.commit([]));
  await toy.ringwall.advance(2 * minute);
  assert.deepEqual(ran, wanted);
});

test('a failing job is tried again after 2, 4, 8 … minutes, up to an hour, with its payload', async () => {
  const payloads: unknown[] = [];
  const toy = await open({
    fail: async (_what, payload) => {
      payloads.push(payload);
      throw new Error('not yet');
    },
  });
  await schedule(toy, 'fail', 'a', minute, { text: 'x' });
  await toy.ringwall.advance(minute);
  const delays: number[] = [];
  for (let tries = 0; tries < 8; tries += 1) {
    const ms = await dueIn(toy);
    delays.push(Math.round(ms / minute));
    await toy.ringwall.advance(ms);
  }
  assert.deepEqual(delays, [2, 4, 8, 16, 32, 60, 60, 60]);
  assert.equal(payloads.length, 9);
  assert.deepEqual(payloads.at(-1), { text: 'x' });
});

test('a job that fails, or that nobody knows, does not hold up the others', async () => {
  const ran: string[] = [];
  const toy = await open({
    fail: () => Promise.reject(new Error('always')),
    note: async (what) => void ran.push(what),
  });
  await schedule(toy, 'fail', 'first', minute);
  await schedule(toy, 'nobody', 'second', minute + 1);
  await schedule(toy, 'note', 'third', minute + 2);
  await toy.ringwall.advance(2 * minute);
  assert.deepEqual(ran, ['third']);
  const metrics = await toy.house.metrics.registry.metrics();
  assert.match(metrics, /ringwall_jobs_total\{kind="secretsmanager\/fail",outcome="failed"\} 1/);
  assert.match(metrics, /ringwall_jobs_total\{kind="secretsmanager\/nobody",outcome="failed"\} 1/);
  assert.match(metrics, /ringwall_jobs_total\{kind="secretsmanager\/note",outcome="done"\} 1/);
  assert.ok((await dueIn(toy)) > 0, 'what failed waits for its next time');
});

test('a job of an unknown kind is kept, and runs when a release knows it', async () => {
  const toy = await open({});
  await schedule(toy, 'coming', 'a', minute);
  await toy.ringwall.advance(minute);
  const ran: string[] = [];
  toy.serve({ jobs: { coming: async (what) => void ran.push(what) } });
  await toy.ringwall.advance(await dueIn(toy));
  assert.deepEqual(ran, ['a']);
});

test('what a job wrote before it failed is dropped', async () => {
  const toy = await open({
    fail: async (what, _payload, ctx) => {
      ctx.records.create(counters, what, { count: 1 });
      ctx.schedule({ kind: 'secretsmanager/other', id: 'x', runAt: ctx.now });
      throw new Error('after writing');
    },
  });
  await schedule(toy, 'fail', 'a', minute);
  await toy.ringwall.advance(minute);
  assert.equal((await toy.house.store.counts())['toy/counter'], undefined);
  assert.equal(Math.round((await dueIn(toy)) / minute), 2, 'one job is left');
});

test('a job that was overtaken by a call runs again at once', async () => {
  let tries = 0;
  const toy: Toy = await open({
    count: async (what, _payload, ctx) => {
      tries += 1;
      const row = await ctx.records.get(counters, what);
      ctx.records.put(counters, what, { count: (row?.count ?? 0) + 1 });
      if (tries > 1) return;
      const key = { collection: counters.name, account: ctx.account, region: ctx.region, id: what };
      const overtaking = new Unit();
      overtaking.read(key, 0);
      overtaking.write(key, { count: 10 }, []);
      await toy.house.store.commit(overtaking.commit([]));
    },
  });
  await schedule(toy, 'count', 'a', minute);
  await toy.ringwall.advance(minute);
  assert.equal(tries, 2);
  const key = { collection: counters.name, account: '111122223333', region: 'us-east-1', id: 'a' };
  assert.deepEqual((await toy.house.store.get(key))?.value, { count: 11 });
  assert.equal(await toy.house.store.nextJobAt(), undefined);
});

test('a job that schedules itself goes on', async () => {
  const ran: number[] = [];
  const toy: Toy = await open({
    tick: async (what, _payload, ctx) => {
      ran.push(ctx.now);
      const id = jobId(ctx.account, ctx.region, what);
      ctx.schedule({ kind: 'secretsmanager/tick', id, runAt: ctx.now + 5 * minute });
    },
  });
  await schedule(toy, 'tick', 'a', minute);
  for (const ms of [minute, 5 * minute, 5 * minute]) await toy.ringwall.advance(ms);
  assert.equal(ran.length, 3);
});

test('a job that a process took and never finished is taken over after its lease, and not before', async () => {
  const ran: string[] = [];
  const toy = await open({ note: async (what) => void ran.push(what) });
  await schedule(toy, 'note', 'a', minute);
  const { store, clock } = toy.house;
  // The crash: another process leased it and is gone.
  const [taken] = await store.leaseJobs(clock.now() + minute, minute, 10);
  assert.equal(taken?.attempts, 1);
  await toy.ringwall.advance(1.5 * minute);
  assert.deepEqual(ran, []);
  await toy.ringwall.advance(minute);
  assert.deepEqual(ran, ['a']);
});

test('work whose commit never happened is done again: at least once', async () => {
  let ran = 0;
  const toy = await open({
    count: async (what, _payload, ctx) => {
      ran += 1;
      const row = await ctx.records.get(counters, what);
      ctx.records.put(counters, what, { count: (row?.count ?? 0) + 1 });
    },
  });
  const { store, clock } = toy.house;
  await schedule(toy, 'count', 'a', 0);
  const [taken] = await store.leaseJobs(clock.now(), minute, 10);
  const commit = store.commit.bind(store);
  store.commit = () => Promise.reject(new Error('the process died here'));
  await assert.rejects(runJob(toy.house, taken as Job), /died/);
  store.commit = commit;
  await toy.ringwall.advance(minute);
  assert.equal(ran, 2);
  const key = { collection: counters.name, account: '111122223333', region: 'us-east-1', id: 'a' };
  assert.deepEqual((await store.get(key))?.value, { count: 1 }, 'and its effect is there once');
});

test('after a store that did not answer the scheduler looks again', async () => {
  const ran: string[] = [];
  const toy = await open({ note: async (what) => void ran.push(what) });
  await schedule(toy, 'note', 'a', minute);
  const { store } = toy.house;
  const lease = store.leaseJobs.bind(store);
  store.leaseJobs = () => Promise.reject(new Error('gone'));
  await toy.ringwall.advance(minute);
  store.leaseJobs = lease;
  toy.ringwall.installation.scheduler.wake();
  await toy.ringwall.installation.scheduler.idle();
  assert.deepEqual(ran, ['a']);
});

test('a scheduler that is stopped finishes the job under way and begins no other', async () => {
  const ran: string[] = [];
  const gate = Promise.withResolvers<void>();
  const began = Promise.withResolvers<void>();
  const toy = await open({
    slow: async (what) => {
      began.resolve();
      await gate.promise;
      ran.push(what);
    },
  });
  const scheduler = new Scheduler(toy.house);
  for (const what of ['a', 'b', 'c']) await schedule(toy, 'slow', what, 0);
  scheduler.wake();
  await began.promise;
  const stopped = scheduler.stop();
  gate.resolve();
  await stopped;
  assert.deepEqual(ran, ['a']);
  scheduler.wake();
  await scheduler.idle();
  assert.deepEqual(ran, ['a']);
});

test('a service writes down what it keeps in memory before the end', async () => {
  let kept = 0;
  const toy = await openToy({
    upkeep: async (ctx) => {
      kept += 1;
      ctx.records.create(counters, `upkeep-${kept}`, { count: kept });
    },
  });
  const { house } = toy;
  const ssm = house.services.get('ssm');
  assert.ok(ssm !== undefined);
  const failing = { ...ssm, upkeep: () => Promise.reject(new Error('no')) };
  await new Scheduler({ ...house, services: new Map([['failing', failing], ...house.services]) }).stop();
  assert.equal(kept, 1, 'also when another service failed to');
  assert.equal((await toy.house.store.counts())['toy/counter'], 1);
  await toy.ringwall.stop();
});

test('a slow job holds up no other, and is waited for at the end', async () => {
  const ran: string[] = [];
  let answer = () => {};
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const slow = async (what: string) => {
    await answered;
    ran.push(what);
  };
  const quick = async (what: string) => {
    ran.push(what);
    if (what === 'last') answer();
  };
  const toy = await open({ slow: { slow }, quick });
  await schedule(toy, 'slow', 'webhook', minute);
  await schedule(toy, 'quick', 'first', minute + 1);
  await schedule(toy, 'quick', 'last', minute + 2);
  await toy.ringwall.advance(2 * minute);
  assert.deepEqual(ran, ['first', 'last', 'webhook']);
  assert.equal(await toy.house.store.nextJobAt(), undefined);
});

test('a slow job that fails is tried again', async () => {
  let tries = 0;
  const toy = await open({
    slow: {
      slow: async () => {
        tries += 1;
        if (tries === 1) throw new Error('refused');
      },
    },
  });
  await schedule(toy, 'slow', 'webhook', minute);
  await toy.ringwall.advance(minute);
  await toy.ringwall.advance(2 * minute);
  assert.equal(tries, 2);
});
