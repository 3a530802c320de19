import { after, describe, test } from 'node:test';
import { openSealTable } from '#store/postgres/keyring-table.ts';
import { openPostgresStore } from '#store/postgres/store.ts';
import { memoryRootKey } from '#store/seal/kinds/memory.ts';
import { newPostgresDatabase, skipWithoutPostgres } from './postgres-database.ts';
import { storeConformance } from './store.ts';

if (skipWithoutPostgres) test('store: PostgreSQL', { skip: skipWithoutPostgres });
else {
  describe('PostgreSQL', () => {
    const drops: (() => Promise<void>)[] = [];
    after(async () => {
      for (const drop of drops) await drop();
    });
    for (const [name, cache] of [
      ['PostgreSQL', {}],
      ['PostgreSQL, nothing cached', { count: 2, bytes: 0 }],
    ] as const) {
      storeConformance(name, async () => {
        const database = await newPostgresDatabase();
        drops.push(database.drop);
        const seal = await openSealTable(database.url, memoryRootKey(), 0);
        return openPostgresStore({ url: database.url, seal, clock: { now: () => 0 }, cache });
      });
    }
  });
}
