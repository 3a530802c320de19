import { DatabaseSync } from 'node:sqlite';
import { emptyHead, openHead } from '../head.ts';
import { readMigrations } from '../migrations.ts';
import { type Keyring, openKeyring } from '../seal/keyring.ts';
import { openKeyFile } from '../seal/kinds/key-file.ts';
import type { Seal } from '../seal.ts';
import { RestoreError, readBackup } from '../sqlite/backup.ts';
import { type Kind, TABLES } from './backup.ts';
import { lockSchema, migrateIn, openingError, Session, type Sql, select } from './session.ts';
import { checkAtStart } from './startup-check.ts';
import { bytesOf } from './text.ts';

/** Rows inserted with one statement. */
const PAGE = 500;

export type RestoreToPostgres = {
  /** The backup, of either engine. */
  readonly file: string;
  /** `postgres://…` of an empty database. */
  readonly url: string;
  /** Root key of the installation that was backed up. With it the backup is checked before it counts. */
  readonly rootKeyFile?: string;
  /** Milliseconds since the epoch, for the list of migrations. */
  readonly now: number;
};

/**
 * Fills an empty database from a backup, in one transaction: everything is there afterwards, or nothing.
 *
 * @throws RestoreError when the database is not empty, or the file is not a whole backup that this version reads, or is damaged
 * @throws KeyFileError, WrongRootKeyError when the root key is not the one of this backup; UnavailableError
 */
export async function restoreToPostgres({ file, url, rootKeyFile, now }: RestoreToPostgres): Promise<void> {
  const keyring = readBackup(file);
  const seal = rootKeyFile === undefined ? undefined : openKeyring(keyring, openKeyFile(rootKeyFile));
  const session = new Session(url);
  let refusal: RestoreError | undefined;
  try {
    await session.transaction(async (sql) => {
      refusal = await fill(sql, file, keyring, seal, now);
      if (refusal !== undefined) throw refusal;
    });
  } catch (error) {
    throw refusal ?? openingError(error);
  } finally {
    await session.close();
  }
}

/** @returns why it must not stay */
async function fill(
  sql: Sql,
  file: string,
  keyring: Keyring,
  seal: Seal | undefined,
  now: number,
): Promise<RestoreError | undefined> {
  // A server that starts here meanwhile waits, and finds everything.
  await lockSchema(sql);
  const [there] = await select(
    sql,
    `SELECT relname FROM pg_class
     WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f') LIMIT 1`,
  );
  if (there !== undefined) {
    return new RestoreError(
      `the database is not empty: it has \`${String(there[0])}\`; expected one without tables and views`,
    );
  }
  await migrateIn(sql, now);
  const source = new DatabaseSync(file, { readOnly: true });
  try {
    const applied = Number(source.prepare('SELECT count(*) AS count FROM migrations').get()?.['count']);
    if (applied < readMigrations('sqlite').length) {
      return new RestoreError(
        `\`${file}\` is of an older version: restore it to a data directory, start that once, and back it up again`,
      );
    }
    for (const [table, columns] of TABLES) await copyTable(sql, source, table, columns);
  } catch (cause) {
    if (!(cause instanceof Error && 'errcode' in cause)) throw cause;
    return new RestoreError(`\`${file}\` is not a whole backup: ${cause.message}`, { cause });
  } finally {
    source.close();
  }
  await sql.query('INSERT INTO keyring VALUES (1, $1)', [JSON.stringify(keyring)]);
  if (seal === undefined) return undefined;
  const [row] = await select(sql, 'SELECT body FROM head');
  const head = row === undefined ? emptyHead : openHead(seal, row[0] as Buffer);
  const { damaged, problems } = await checkAtStart(sql, seal, head);
  const found = [...problems, ...damaged];
  return found.length === 0 ? undefined : new RestoreError(`the backup is damaged: ${found.join('; ')}`);
}

const TYPES: Readonly<Record<Kind, string>> = { text: 'bytea[]', number: 'bigint[]', bytes: 'bytea[]' };

async function copyTable(
  sql: Sql,
  source: DatabaseSync,
  table: string,
  columns: Readonly<Record<string, Kind>>,
): Promise<void> {
  const names = Object.keys(columns);
  const kinds = Object.values(columns);
  // A subscriber's lease was of a process that does not read here.
  const [more, values] = table === 'cursors' ? [', owner, lease_until', ", '', 0"] : ['', ''];
  const insert = `INSERT INTO ${table} (${names.join(', ')}${more})
    SELECT *${values} FROM unnest(${kinds.map((kind, at) => `$${at + 1}::${TYPES[kind]}`).join(', ')})`;
  const rows = source.prepare(`SELECT ${names.join(', ')} FROM ${table}`);
  rows.setReturnArrays(true);
  let page: unknown[][] = [];
  const flush = async () => {
    if (page.length > 0)
      await sql.query(
        insert,
        kinds.map((kind, at) => page.map((row) => parameterOf(kind, row[at]))),
      );
    page = [];
  };
  for (const row of rows.iterate() as unknown as Iterable<unknown[]>) {
    page.push(row);
    if (page.length === PAGE) await flush();
  }
  await flush();
}

function parameterOf(kind: Kind, value: unknown): number | Buffer {
  if (kind === 'number') return Number(value);
  return kind === 'text' ? bytesOf(String(value)) : Buffer.from(value as Uint8Array);
}
