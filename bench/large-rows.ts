import { cpSync } from 'node:fs';
import type { ApiCall, Target } from './api-call.ts';
import { getParameter, getUser, warm } from './call-rows.ts';
import { type Fixture, names, small } from './fixture.ts';
import { connections, Load } from './load.ts';
import { cpuSeconds } from './process-usage.ts';
import { median, type Row, rowOrFailure } from './row.ts';
import { large, seed } from './seed.ts';
import { type ServerProcess, startServer } from './server-process.ts';
import { perRequest, ratiosOfNeighbours } from './turns.ts';

/** How much slower a large installation may be. */
const limit = 1.2;

/** Requests of one row, each for another record: more than the first turns can send, so that those read from the disk. */
const requests = 30_000;

/** One turn of one of the two servers, s: short, so that a neighbouring turn of the other meets the same machine. */
const turnSeconds = 0.5;

/** Turns of each server. */
const coldTurns = 3;
const settledTurns = 7;

/** Until every request was sent at least once to both; a machine too busy for that measures what it has, s. */
const longestSettling = 40;

/** A call whose speed must not depend on how much there is. */
export type LargeRow = {
  /** Name on the command line. */
  readonly id: string;
  readonly name: string;
  readonly count: number;
  readonly call: (index: number) => ApiCall;
};

export const largeRows: readonly LargeRow[] = [
  {
    id: 'large-get-parameter',
    name: `GetParameter, ${large.parameters.toLocaleString('en')} parameters: slower by`,
    count: large.parameters,
    call: (index) => getParameter(names.string(index)),
  },
  {
    id: 'large-get-user',
    name: `GetUser, ${large.users.toLocaleString('en')} users: slower by`,
    count: large.users,
    call: (index) => getUser(names.user(index)),
  },
];

/** A server under load, of the small or of the large installation. */
type Side = { readonly pid: number; readonly load: Load };

/**
 * The same calls on a small installation and on a large one: two servers that run at once and are loaded in turns, so that whatever else
 * the machine does slows both.
 *
 * @param data of a filled server, which is ended; what stands there stays small
 * @param largeData a directory that is not there yet
 */
export async function measureLargeRows(
  server: ServerProcess,
  data: string,
  largeData: string,
  fixture: Fixture,
  said: (row: Row) => void,
): Promise<void> {
  await server.stop();
  cpSync(data, largeData, { recursive: true });
  await seed(largeData, server);
  const servers: ServerProcess[] = [];
  try {
    // Both sides begin anew: the same age, the same empty caches, and only the size differs.
    for (const each of [data, largeData]) servers.push(await startServer(each, 'clone'));
    const targets = servers.map(({ root: { host, port } }) => ({ ...fixture.user, host, port }));
    for (const target of targets) await warm(target);
    for (const row of largeRows) await measureRow(row, servers, targets, said);
  } finally {
    for (const each of servers) await each.stop();
  }
}

async function measureRow(
  row: LargeRow,
  servers: readonly ServerProcess[],
  targets: readonly Target[],
  said: (row: Row) => void,
): Promise<void> {
  const sides: Side[] = [];
  let cold: readonly number[] = [];
  const settledRow = await rowOrFailure(
    { name: row.name, unit: '×', floor: limit, goal: limit, better: 'less' },
    async () => {
      for (const [index, target] of targets.entries()) {
        const load = await Load.open(target, randomCalls(row, index === 0 ? small : row.count));
        sides.push({ pid: servers[index]?.pid ?? 0, load });
      }
      const [few, many] = sides;
      if (few === undefined || many === undefined) throw new Error('INVARIANT: there are two servers');
      await few.load.run(2 * turnSeconds);
      cold = await slower(few, many, coldTurns);
      await settle(sides);
      const runs = await slower(few, many, settledTurns);
      return { value: median(runs), runs };
    },
  );
  for (const { load } of sides) load.close();
  said(settledRow);
  said({
    name: `${row.name}, read for the first time`,
    unit: '×',
    value: cold.length === 0 ? undefined : median(cold),
    runs: cold,
    failure: settledRow.failure,
  });
}

/** How many times the CPU time of `few` a call of `many` takes, for each two neighbouring turns. */
async function slower(few: Side, many: Side, turns: number): Promise<readonly number[]> {
  const costs: number[] = [];
  for (let turn = 0; turn < 2 * turns; turn++) {
    const { pid, load } = turn % 2 === 0 ? few : many;
    costs.push(await perRequest(() => cpuSeconds(pid), load, turnSeconds));
  }
  return ratiosOfNeighbours(costs);
}

/** In turns, too: a server that has just waited for the other to settle is slow for some seconds. */
async function settle(sides: readonly Side[]): Promise<void> {
  const end = performance.now() + longestSettling * 1000;
  const sent = sides.map(() => 0);
  while (sent.some((requestsSent) => requestsSent < requests + connections) && performance.now() < end) {
    for (const [at, { load }] of sides.entries()) {
      sent[at] = (sent[at] ?? 0) + (await load.run(turnSeconds)).requests;
    }
  }
}

/** The calls of a row on `count` records, in random order. */
export function randomCalls({ call }: LargeRow, count: number): readonly ApiCall[] {
  const indexes = randomIndexes(count);
  return Array.from({ length: requests }, (_, index) => call(indexes[index % count] ?? 0));
}

/** Every index once, in an order that no cache likes. */
function randomIndexes(count: number): readonly number[] {
  const indexes = Array.from({ length: count }, (_, index) => index);
  for (let left = count - 1; left > 0; left--) {
    const other = Math.floor(Math.random() * (left + 1));
    [indexes[left], indexes[other]] = [indexes[other] ?? 0, indexes[left] ?? 0];
  }
  return indexes;
}
