import { type ParameterRow, parameters } from '#data/parameter-store/records.ts';
import { type UserRow, users } from '#identity/iam/records.ts';
import { systemClock } from '#runtime/clock.ts';
import type { Collection } from '#runtime/collection.ts';
import { readConfig } from '#runtime/config.ts';
import type { RecordWrite, Store } from '#store/store.ts';
import { openStorage } from '../src/storage.ts';
import { names, small } from './fixture.ts';
import type { ServerProcess } from './server-process.ts';

/** A large installation. */
export const large = { parameters: 100_000, users: 10_000 } as const;

/** Records of one commit. */
const batch = 2_000;

/**
 * Makes a small installation large, straight in its store: through the API it would take minutes.
 *
 * @param data directory of a server that has ended
 */
export async function seed(data: string, { account, root: { region } }: ServerProcess): Promise<void> {
  const config = readConfig({ data }, {}, undefined);
  const storage = await openStorage(config, systemClock);
  try {
    const now = systemClock.now();
    await write(storage.store, { account, region }, parameters, large.parameters, (index) => {
      const row = parameterRow(index, account, now);
      return [row.name, row];
    });
    await write(storage.store, { account, region: '' }, users, large.users, (index) => {
      const row = userRow(index, account, now);
      return [row.userName, row];
    });
  } finally {
    await storage.close();
  }
}

async function write<T>(
  store: Store,
  place: { readonly account: string; readonly region: string },
  into: Collection<T>,
  count: number,
  record: (index: number) => readonly [id: string, value: T],
): Promise<void> {
  for (let from = small; from < count; from += batch) {
    const writes: RecordWrite[] = [];
    for (let index = from; index < Math.min(count, from + batch); index++) {
      const [id, value] = record(index);
      const indexes = Object.entries(into.indexes).flatMap(([name, keysOf]) =>
        keysOf(value, id).map((key) => [name, key] as const),
      );
      writes.push({ key: { collection: into.name, ...place, id }, expected: 0, value, indexes });
    }
    await store.commit({ reads: [], writes, events: [], jobs: [], audit: [] });
  }
}

function parameterRow(index: number, account: string, now: number): ParameterRow {
  const name = names.string(index);
  return {
    name,
    current: {
      version: 1,
      type: 'String',
      value: `value of ${index}`,
      keyId: undefined,
      dataType: 'text',
      description: undefined,
      allowedPattern: undefined,
      // Beyond 10,000 only advanced parameters exist.
      tier: index < 10_000 ? 'Standard' : 'Advanced',
      policies: [],
      modified: now,
      modifiedBy: `arn:aws:iam::${account}:root`,
    },
    oldestVersion: 1,
    labels: {},
    tags: {},
    resourcePolicy: undefined,
  };
}

function userRow(index: number, account: string, now: number): UserRow {
  const userName = names.user(index);
  return {
    userName,
    userId: `AIDA${index.toString(32).toUpperCase().padStart(17, 'A')}`,
    path: '/',
    arn: `arn:aws:iam::${account}:user/${userName}`,
    createDate: now,
    tags: {},
    permissionsBoundary: undefined,
    groups: [],
    passwordLastUsed: undefined,
    inlinePolicies: {},
    attachedPolicies: [],
  };
}
