import { rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { readMigrations } from '../migrations.ts';
import { finishBackup, partialOf } from '../sqlite/backup.ts';
import { type Sql, select } from './session.ts';
import { textOf } from './text.ts';

export type Kind = 'text' | 'number' | 'bytes';

/** What is copied: the tables of both engines have the same columns in the same order, but for the lease of a cursor. */
export const TABLES: readonly (readonly [table: string, columns: Readonly<Record<string, Kind>>])[] = [
  [
    'records',
    {
      collection: 'text',
      account: 'text',
      region: 'text',
      id: 'text',
      version: 'number',
      indexes: 'text',
      body: 'bytes',
    },
  ],
  ['ledger', { collection: 'text', account: 'text', region: 'text', id: 'text', version: 'number', mac: 'bytes' }],
  ['record_index', { collection: 'text', account: 'text', region: 'text', name: 'text', key: 'text', id: 'text' }],
  ['head', { one: 'number', body: 'bytes' }],
  [
    'audit',
    {
      seq: 'number',
      min_time: 'number',
      max_time: 'number',
      count: 'number',
      previous: 'bytes',
      hash: 'bytes',
      body: 'bytes',
    },
  ],
  [
    'audit_segments',
    {
      first: 'number',
      last: 'number',
      min_time: 'number',
      max_time: 'number',
      count: 'number',
      hash: 'bytes',
      filter: 'bytes',
    },
  ],
  ['outbox', { seq: 'number', time: 'number', topic: 'text', account: 'text', region: 'text', body: 'bytes' }],
  ['cursors', { subscriber: 'text', seq: 'number' }],
  ['jobs', { kind: 'text', id: 'text', run_at: 'number', due_at: 'number', attempts: 'number', payload: 'bytes' }],
];

const PAGE = 500;

/** Copies everything that a transaction sees into a backup file of the embedded store. */
export async function exportBackup(sql: Sql, file: string, keyring: string): Promise<void> {
  const partial = partialOf(file);
  rmSync(partial, { force: true });
  const copy = new DatabaseSync(partial);
  try {
    copy.exec(`BEGIN; CREATE TABLE migrations (
      number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT`);
    for (const { number, name, checksum, sql: text } of readMigrations('sqlite')) {
      copy.exec(text);
      copy.prepare('INSERT INTO migrations VALUES (?, ?, ?, 0)').run(number, name, checksum);
    }
    for (const [table, columns] of TABLES) {
      const names = Object.keys(columns);
      const kinds = Object.values(columns);
      const insert = copy.prepare(`INSERT INTO ${table} VALUES (${names.map(() => '?').join(', ')})`);
      await sql.query(`DECLARE copied NO SCROLL CURSOR FOR SELECT ${names.join(', ')} FROM ${table}`);
      for (;;) {
        const page = await select(sql, `FETCH ${PAGE} FROM copied`);
        for (const row of page) insert.run(...row.map((value, at) => sqliteValue(kinds[at] ?? 'bytes', value)));
        if (page.length < PAGE) break;
      }
      await sql.query('CLOSE copied');
    }
    copy.exec('COMMIT');
  } catch (error) {
    copy.close();
    rmSync(partial, { force: true });
    throw error;
  }
  copy.close();
  finishBackup(file, keyring);
}

function sqliteValue(kind: Kind, value: unknown): string | number | Buffer {
  if (kind === 'text') return textOf(value);
  return kind === 'number' ? Number(value) : (value as Buffer);
}
