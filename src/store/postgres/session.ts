import { Client, Pool, type PoolClient, type QueryResultRow } from 'pg';
import { type Migration, pendingMigrations, readMigrations, SchemaError } from '../migrations.ts';
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
  await session.transaction(async (sql) => {
    await sql.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
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
    for (const { number, name, checksum, sql: text } of pending) {
      await sql.query(text);
      await sql.query('INSERT INTO migrations VALUES ($1, $2, $3, $4)', [number, name, checksum, now]);
    }
  });
}
