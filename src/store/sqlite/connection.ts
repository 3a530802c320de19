import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { type Migration, pendingMigrations, readMigrations } from '../migrations.ts';
import { DiskFiles, keepWal, putBackWal, type Sync, syncToDisk } from './disk.ts';
import { openingError } from './storage-error.ts';

/*
 * Durability without blocking the event loop.
 *
 * SQLite runs with synchronous=NORMAL: COMMIT writes frames to the write-ahead log and does not wait for the disk. We then
 * fdatasync the log on a descriptor of our own, in a thread of libuv's pool, and acknowledge after it. That equals
 * synchronous=FULL, which is NORMAL plus one sync of the log after each commit (https://www.sqlite.org/pragma.html#pragma_synchronous):
 *
 *  - One flush at a time: no frame is written while a sync is under way, so the sync covers every frame of the commit.
 *  - A frame counts at recovery only when it and all before it are whole (chained checksums), so a torn or reordered write
 *    loses the commit that was not acknowledged and nothing before it.
 *  - Checkpoint. Copying frames into the database and starting the log over is safe when the log is durable before the copy, and
 *    the copy before the log starts over. The log is (just synced). The copy runs with synchronous=OFF, so that it does not
 *    block; then we sync the database ourselves; the next write, which starts the log over, waits for that in the queue.
 *  - Starting over writes a header with a new salt, and SQLite syncs it before the first frame (it does so from NORMAL on): frames
 *    of the last round that still lie behind do not fit the salt. This is the only sync that blocks, once in 4 MiB, of one page.
 *    The file is not cut: overwriting blocks in place makes each later sync cheaper than growing a file again.
 *  - The log is removed only when the connection closes, and made anew by the next one, which syncs the directory.
 *
 * locking_mode=EXCLUSIVE keeps a second process out (a second server on one data directory would be a disaster), and needs no
 * shared-memory file and no lock calls for each read.
 */

/** About 4 MiB of log: a checkpoint then copies at most 1,000 pages (measured: 4 ms). */
const CHECKPOINT_FRAMES = 1_000;
/** Address space, not memory: the system keeps of it what is used. */
const MAPPED_BYTES = 2 ** 32;
const WAL_HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const SQLITE_BUSY = 5;

/** Another process has the database open. Refused for safety (exit code 3). */
export class DatabaseInUseError extends Error {
  constructor(file: string, options: ErrorOptions) {
    super(`\`${file}\` is in use by another process`, options);
    this.name = 'DatabaseInUseError';
  }
}

export type ConnectionOptions = {
  readonly sync?: Sync;
  readonly migrations?: readonly Migration[];
  readonly now?: number;
};

/** The database file: one connection, and what makes its commits durable. */
export class Connection {
  readonly file: string;
  readonly database: DatabaseSync;
  /** Undefined in memory. */
  readonly #files: DiskFiles | undefined;
  readonly #walPosition: StatementSync;
  readonly #frameBytes: number;
  #durableBytes = 0;

  /** @throws DatabaseInUseError, SchemaError, TamperedError, UnavailableError */
  constructor(
    file: string,
    { sync = syncToDisk, migrations = readMigrations('sqlite'), now = 0 }: ConnectionOptions = {},
  ) {
    this.file = file;
    const onDisk = file !== ':memory:';
    if (onDisk) putBackWal(file);
    this.database = new DatabaseSync(file, { timeout: 0 });
    try {
      this.database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON');
      // 16 MiB of pages: the upper levels of every tree of a database of some gigabytes. The rest is read where the system has it
      // already, without a call and a copy for each page.
      this.database.exec(`PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = ${MAPPED_BYTES}`);
      this.database.exec('PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; PRAGMA synchronous = FULL');
      migrate(this.database, migrations, now);
      this.#walPosition = this.database.prepare('PRAGMA wal_checkpoint = NOOP');
      this.#frameBytes = FRAME_HEADER_BYTES + Number(this.database.prepare('PRAGMA page_size').get()?.page_size);
      this.database.exec('PRAGMA wal_checkpoint = TRUNCATE; PRAGMA synchronous = NORMAL');
      this.#files = onDisk ? new DiskFiles(file, sync) : undefined;
    } catch (cause) {
      this.database.close();
      const busy = cause instanceof Error && 'errcode' in cause && cause.errcode === SQLITE_BUSY;
      throw busy ? new DatabaseInUseError(file, { cause }) : openingError(cause);
    }
  }

  /** Makes what was committed durable. After a failure the connection is good for `abandon` only. */
  async makeDurable(): Promise<void> {
    if (this.#files === undefined) return;
    await this.#files.syncWal();
    this.#durableBytes = this.#walBytes();
  }

  /** Copies the log into the database when it has grown. No commit may run meanwhile. */
  async checkpointIfDue(): Promise<void> {
    if (this.#files === undefined || this.#frames() < CHECKPOINT_FRAMES) return;
    this.database.exec('PRAGMA synchronous = OFF; PRAGMA wal_checkpoint = PASSIVE; PRAGMA synchronous = NORMAL');
    await this.#files.syncDatabase();
    // Everything is in the database: should the first commit of the next round fail to become durable, nothing of the log is needed.
    this.#durableBytes = 0;
  }

  /**
   * Closes after a failed sync and cuts off what was committed and never became durable: its pages may be in memory only, and
   * nobody was told of it. Open a new connection then.
   *
   * Closing would copy the log into the database. The frames cut off are the newest of their pages, so that copy stops at the first of
   * them; what it copied before is durable in the log. The log keeps a second name, should SQLite take it for used up.
   */
  abandon(): void {
    this.#files?.truncateWal(this.#durableBytes);
    if (this.#files !== undefined) keepWal(this.file);
    this.database.close();
    this.#files?.close();
    if (this.#files !== undefined) putBackWal(this.file);
  }

  /** Copies the log into the database and closes. */
  close(): void {
    this.database.exec('PRAGMA synchronous = FULL');
    this.database.close();
    this.#files?.close();
  }

  #frames(): number {
    return Number(this.#walPosition.get()?.log ?? 0);
  }

  #walBytes(): number {
    const frames = this.#frames();
    return frames === 0 ? 0 : WAL_HEADER_BYTES + frames * this.#frameBytes;
  }
}

function migrate(database: DatabaseSync, migrations: readonly Migration[], now: number): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    database.exec(`CREATE TABLE IF NOT EXISTS migrations (
      number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT`);
    const applied = database.prepare('SELECT number, name, checksum FROM migrations ORDER BY number').all();
    const pending = pendingMigrations(
      migrations,
      applied.map(({ number, name, checksum }) => ({
        number: Number(number),
        name: String(name),
        checksum: String(checksum),
      })),
    );
    const insert = database.prepare('INSERT INTO migrations VALUES (?, ?, ?, ?)');
    for (const migration of pending) {
      apply(database, migration);
      insert.run(migration.number, migration.name, migration.checksum, now);
    }
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

function apply(database: DatabaseSync, migration: Migration): void {
  try {
    database.exec(migration.sql);
  } catch (cause) {
    throw openingError(cause, migration);
  }
}
