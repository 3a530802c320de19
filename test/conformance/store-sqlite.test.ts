import { join } from 'node:path';
import { memorySeal } from '#store/seal/kinds/memory.ts';
import { openSqliteStore } from '#store/sqlite/store.ts';
import { storeConformance } from './store.ts';
import { newDirectory } from './store-directory.ts';

const clock = { now: () => 0 };
storeConformance('SQLite in memory', async () => openSqliteStore({ file: ':memory:', seal: memorySeal(), clock }));
storeConformance('SQLite on disk, nothing cached', async () => {
  const file = join(newDirectory(), 'ringwall.db');
  return openSqliteStore({ file, seal: memorySeal(), clock, cache: { count: 2, bytes: 0 } });
});
