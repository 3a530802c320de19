import { Client, Pool, type PoolClient, type QueryResultRow } from 'pg';
import {
  type AppliedMigration,
  type Migration,
  pendingMigrations,
  readMigrations,
  SchemaError,
  wrongTables,
} from '../migrations.ts';
import { ConflictError, TamperedError, UnavailableError } from '../store.ts';

/** Readers at once from one process; PostgreSQL serves 100 by default, shared by all processes. */
const CONNECTIONS = 10;
const CONNECT_TIMEOUT_MS = 5_000;
/** One lock for the migrations of all processes that start at once; any number that nobody else uses. */
const MIGRATION_LOCK = 0x52_57_4d_31;

export type Sql = Pick<PoolClient, 'query'>;

/** Rows as arrays, in the order of the columns. */
export async function select(sql: Sql, text: string, values: readonly unknown[] = []): Promise<readonly unknown[][]> {
  const { rows } = await sql.query<unknown[] & QueryResultRow>({ text, values: [...values], rowMode: 'array' });
  return rows;
}

/** What a failure of the server or of the connection means to the caller. */
export function serverError(cause: unknown): Error {
  if (cause instanceof TamperedError || cause instanceof UnavailableError) return cause;
  if (cause instanceof ConflictError || cause instanceof SchemaError) return cause;
  return new UnavailableError(
    `the store cannot reach PostgreSQL: ${cause instanceof Error ? cause.message : String(cause)}`,
    { cause },
  );
}

/**
 * What a failure means while the database is opened; `migration`: the one that was being applied. Class 42 of SQLSTATE: a statement
 * that does not fit what is there (https://www.postgresql.org/docs/15/errcodes-appendix.html).
 */
export function openingError(error: unknown, migration?: AppliedMigration): unknown {
  const cause = error instanceof UnavailableError ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return /^42[0-9A-Z]{3}$/.test(code) ? wrongTables(cause, migration) : error;
}

/** The connections of one process. */
export class Session {
  readonly url: string;
  readonly #pool: Pool;

  constructor(url: string) {
    this.url = url;
    this.#pool = new Pool({ connectionString: url, max: CONNECTIONS, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
    // An idle connection that breaks is replaced by the next one; without a listener it would end the process.
    this.#pool.on('error', () => undefined);
  }

  async read<R>(work: (sql: Sql) => Promise<R>): Promise<R> {
    try {
      return await work(this.#pool);
    } catch (cause) {
      throw serverError(cause);
    }
  }

  /** One transaction on one connection; what throws rolls back. A connection in doubt is not used again. */
  async transaction<R>(work: (sql: Sql) => Promise<R>, begin = 'BEGIN'): Promise<R> {
    let client: PoolClient | undefined;
    let broken: Error | undefined;
    try {
      client = await this.#pool.connect();
      await client.query(begin);
      const result = await work(client);
      await client.query('COMMIT');
      return result;
    } catch (cause) {
      broken = serverError(cause);
      throw broken;
    } finally {
      client?.release(broken);
    }
  }

  /** A connection beside the pool, for LISTEN. */
  async dedicated(): Promise<Client> {
    const client = new Client({ connectionString: this.url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
    await client.connect();
    return client;
  }

  close(): Promise<void> {
    return this.#pool.end();
  }
}

/** @throws SchemaError */
export async function migrate(
  session: Session,
  now: number,
  migrations: readonly Migration[] = readMigrations('postgres'),
): Promise<void> {
  await session.transaction((sql) => migrateIn(sql, now, migrations));
}

/** The migrations inside a transaction. @throws SchemaError */
export async function migrateIn(
  sql: Sql,
  now: number,
  migrations: readonly Migration[] = readMigrations('postgres'),
): Promise<void> {
  await lockSchema(sql);
  await sql.query(`CREATE TABLE IF NOT EXISTS migrations (
    number integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, applied_at bigint NOT NULL)`);
  const applied = await select(sql, 'SELECT number, name, checksum FROM migrations ORDER BY number');
  const pending = pendingMigrations(
    migrations,
    applied.map(([number, name, checksum]) => ({
      number: Number(number),
      name: String(name),
      checksum: String(checksum),
    })),
  );
  for (const migration of pending) {
    const { number, name, checksum } = migration;
    await apply(sql, migration);
    await sql.query('INSERT INTO migrations VALUES ($1, $2, $3, $4)', [number, name, checksum, now]);
  }
}

/** Until the transaction ends no other process changes the tables. */
export async function lockSchema(sql: Sql): Promise<void> {
  await sql.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
}

async function apply(sql: Sql, migration: Migration): Promise<void> {
  try {
    await sql.query(migration.sql);
  } catch (cause) {
    throw openingError(cause, migration);
  }
}
