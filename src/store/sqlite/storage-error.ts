import { type AppliedMigration, SchemaError, wrongTables } from '../migrations.ts';
import { TamperedError, UnavailableError } from '../store.ts';

/** https://www.sqlite.org/rescode.html; the low byte is the primary code. */
const SQLITE_ERROR = 1;
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

/** What a failure of SQLite or of the disk means to the caller. Errors of the store itself stay as they are. */
export function storageError(cause: unknown): Error {
  if (cause instanceof TamperedError || cause instanceof UnavailableError || cause instanceof SchemaError) return cause;
  const code = codeOf(cause);
  if (code === SQLITE_CORRUPT || code === SQLITE_NOTADB) return new TamperedError('the database file is damaged');
  return new UnavailableError(
    `the store cannot reach its disk: ${cause instanceof Error ? cause.message : String(cause)}`,
    { cause },
  );
}

/** What a failure means while the database is opened; `migration`: the one that was being applied. */
export function openingError(cause: unknown, migration?: AppliedMigration): Error {
  return codeOf(cause) === SQLITE_ERROR ? wrongTables(cause, migration) : storageError(cause);
}

function codeOf(cause: unknown): number | undefined {
  return cause instanceof Error && 'errcode' in cause ? Number(cause.errcode) & 0xff : undefined;
}
