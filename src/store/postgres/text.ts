/** Names and keys are stored as UTF-8 in bytea: see migrations/postgres/0001_store.sql. */

export function bytesOf(text: string): Buffer {
  return Buffer.from(text);
}

export function textOf(bytes: unknown): string {
  return (bytes as Buffer).toString();
}

/** One column of many rows, for `unnest`. */
export function column<T>(rows: readonly T[], of: (row: T) => string): readonly Buffer[] {
  return rows.map((row) => bytesOf(of(row)));
}
