import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

/** Server for tests, for example `postgres://postgres@localhost:5432/postgres`; may create databases. */
export const postgresServer: string | undefined = process.env.RINGWALL_TEST_POSTGRES;

export const skipWithoutPostgres = postgresServer === undefined ? 'RINGWALL_TEST_POSTGRES is not set' : false;

/** A fresh database; `drop` removes it, also under open connections. */
export async function newPostgresDatabase(): Promise<{
  readonly url: string;
  sql(text: string): Promise<void>;
  drop(): Promise<void>;
}> {
  if (postgresServer === undefined) throw new Error('RINGWALL_TEST_POSTGRES is not set');
  const name = `ringwall_test_${randomBytes(6).toString('hex')}`;
  await run(postgresServer, `CREATE DATABASE ${name}`);
  const url = new URL(postgresServer);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    sql: (text) => run(url.href, text),
    drop: () => run(postgresServer ?? '', `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

async function run(url: string, text: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}
