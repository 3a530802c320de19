import type { ApiCall, Target } from './api-call.ts';
import { getParameter, getUser, warm } from './call-rows.ts';
import { type Fixture, names, small } from './fixture.ts';
import { measureCalls } from './load.ts';
import { median, type Row, rowOrFailure } from './row.ts';
import { large, seed } from './seed.ts';
import { type ServerProcess, startServer } from './server-process.ts';

/** How much slower a large installation may be. */
const limit = 1.2;

/** Requests of one row, each for another record: more than the first runs can send, so that those read from the disk. */
const requests = 30_000;

/** Seconds in which every request is sent at least once: what is measured then is a server that has been running for a while. */
const settleSeconds = 9;

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

/**
 * The same calls on a small installation and on a large one, one after the other. Ends the server, fills its store and starts it again.
 *
 * @returns the server that runs now
 */
export async function measureLargeRows(
  server: ServerProcess,
  data: string,
  fixture: Fixture,
  said: (row: Row) => void,
): Promise<ServerProcess> {
  // Both sides begin anew: the same age, the same empty caches, and only the size differs.
  await server.stop();
  const fresh = await startServer(data, 'clone');
  const few = { ...fixture.user, host: fresh.root.host, port: fresh.root.port };
  await warm(few);
  const before = await rates(fresh, few, () => small);
  await fresh.stop();
  await seed(data, server);
  const restarted = await startServer(data, 'clone');
  const { host, port } = restarted.root;
  const many = { ...fixture.user, host, port };
  await warm(many);
  const cold = await rates(restarted, many, ({ count }) => count);
  const settled = await rates(restarted, many, ({ count }) => count, settleSeconds);
  for (const [index, { name }] of largeRows.entries()) {
    const row = { name, unit: '×', floor: limit, goal: limit, better: 'less' } as const;
    said(await rowOrFailure(row, () => slower(before[index], settled[index])));
    said(
      await rowOrFailure({ name: `${name}, read for the first time`, unit: '×' }, () =>
        slower(before[index], cold[index]),
      ),
    );
  }
  return restarted;
}

async function slower(
  few: unknown,
  many: unknown,
): Promise<{ readonly value: number; readonly runs: readonly number[] }> {
  if (typeof few !== 'number') throw few;
  if (typeof many !== 'number') throw many;
  return { value: few / many, runs: [few, many] };
}

/** The calls of a row on `count` records, in random order. */
export function randomCalls({ call }: LargeRow, count: number): readonly ApiCall[] {
  const indexes = randomIndexes(count);
  return Array.from({ length: requests }, (_, index) => call(indexes[index % count] ?? 0));
}

/** Calls per CPU-second of each row, or why it failed. */
async function rates(
  server: ServerProcess,
  user: Target,
  count: (row: LargeRow) => number,
  warmUpSeconds?: number,
): Promise<readonly unknown[]> {
  const found: unknown[] = [];
  for (const row of largeRows) {
    try {
      found.push(
        median((await measureCalls(server.pid, user, randomCalls(row, count(row)), warmUpSeconds)).perCpuSecond),
      );
    } catch (error) {
      found.push(error);
    }
  }
  return found;
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
