import { hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One numbered file of `migrations/<engine>/`. */
export type Migration = {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
};
export type AppliedMigration = Pick<Migration, 'number' | 'name' | 'checksum'>;

/** The database was made by a newer version, or by one whose migrations differ. Refused for safety (exit code 3). */
export class SchemaError extends Error {
  constructor(problem: string) {
    super(problem);
    this.name = 'SchemaError';
  }
}

/** A statement that the engine refuses while the database is opened: its tables are not those that this version makes. */
export function wrongTables(cause: unknown, migration?: AppliedMigration): SchemaError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  if (migration === undefined) return new SchemaError(`the database's tables are not those of this version: ${reason}`);
  const { number, name } = migration;
  return new SchemaError(`migration ${number} (\`${name}\`) cannot be applied to the tables that are there: ${reason}`);
}

/** The migrations of an engine, in order. */
export function readMigrations(engine: 'sqlite' | 'postgres'): readonly Migration[] {
  const folder = join(import.meta.dirname, 'migrations', engine);
  return readdirSync(folder)
    .filter((file) => /^\d{4}_[a-z0-9_]+\.sql$/.test(file))
    .sort()
    .map((file) => {
      const sql = readFileSync(join(folder, file), 'utf8');
      return { number: Number(file.slice(0, 4)), name: file.slice(5, -4), sql, checksum: hash('sha256', sql) };
    });
}

/**
 * The migrations still to run.
 *
 * @throws SchemaError when one was applied that this version does not know, or knows differently
 */
export function pendingMigrations(
  known: readonly Migration[],
  applied: readonly AppliedMigration[],
): readonly Migration[] {
  const byNumber = new Map(known.map((migration) => [migration.number, migration]));
  for (const { number, name, checksum } of applied) {
    const mine = byNumber.get(number);
    if (mine === undefined) {
      throw new SchemaError(
        `the database has migration ${number} (\`${name}\`), made by a newer version; expected at most ${known.length}`,
      );
    }
    if (mine.checksum !== checksum) {
      throw new SchemaError(`migration ${number} (\`${name}\`) was applied with another content than this version has`);
    }
  }
  const done = new Set(applied.map(({ number }) => number));
  return known.filter(({ number }) => !done.has(number));
}
