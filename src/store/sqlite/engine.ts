import { emptyHead, type Head, openHead, sealHead } from '../head.ts';
import type { Seal } from '../seal.ts';
import { TamperedError, UnavailableError } from '../store.ts';
import { Connection, type ConnectionOptions } from './connection.ts';
import { Rows } from './rows.ts';
import { checkAtStart, type StartReport } from './startup-check.ts';
import { openingError } from './storage-error.ts';

type Opened = { readonly connection: Connection; readonly rows: Rows };

/**
 * The database with its head as last made durable. When a sync fails it takes back what was not durable and opens anew; while that
 * fails, too, it is unavailable and tries again with each commit.
 */
export class Engine {
  readonly #file: string;
  readonly #seal: Seal;
  readonly #options: ConnectionOptions;
  #opened: Opened | undefined;
  /** A connection whose last sync failed and that could not be closed yet. */
  #suspect: Connection | undefined;
  #head: Head = emptyHead;
  readonly startReport: StartReport;

  constructor(file: string, seal: Seal, options: ConnectionOptions) {
    this.#file = file;
    this.#seal = seal;
    this.#options = options;
    this.#open();
    this.startReport = this.#checkAtStart();
  }

  get head(): Head {
    return this.#head;
  }

  /** @throws UnavailableError after a failure of the disk, until a commit found it well again */
  get rows(): Rows {
    if (this.#opened === undefined)
      throw new UnavailableError('the store could not reach its disk and has not recovered yet');
    return this.#opened.rows;
  }

  /** Before a commit: recovers when that is needed. */
  async ready(): Promise<Rows> {
    if (this.#opened === undefined) this.#recover();
    return this.rows;
  }

  /**
   * One transaction with the head, durable when it resolves. When it rejects nothing of it is left.
   */
  async commit<R>(head: Head, work: (rows: Rows) => R): Promise<R> {
    const { rows, connection } = this.#assertOpened();
    const result = rows.transaction(() => {
      const done = work(rows);
      rows.run('INSERT OR REPLACE INTO head VALUES (1, ?)', sealHead(this.#seal, head));
      return done;
    });
    await this.#orAbandon(connection.makeDurable());
    this.#head = head;
    return result;
  }

  async checkpointIfDue(): Promise<void> {
    if (this.#opened === undefined) return;
    // What was acknowledged is durable in the log, whatever becomes of its copy; the next commit finds out about the disk.
    await this.#orAbandon(this.#opened.connection.checkpointIfDue()).catch(() => undefined);
  }

  get connection(): Connection {
    return this.#assertOpened().connection;
  }

  close(): void {
    this.#opened?.connection.close();
    this.#opened = undefined;
  }

  #assertOpened(): Opened {
    if (this.#opened === undefined) throw new UnavailableError('the store is closed or could not reach its disk');
    return this.#opened;
  }

  #open(): void {
    const connection = new Connection(this.#file, this.#options);
    const rows = new Rows(connection.database);
    try {
      const stored = rows.head();
      if (stored === undefined && rows.all('SELECT 1 FROM ledger UNION SELECT 1 FROM audit LIMIT 1').length > 0) {
        throw new TamperedError('head');
      }
      this.#head = stored === undefined ? emptyHead : openHead(this.#seal, stored);
    } catch (cause) {
      connection.close();
      throw openingError(cause);
    }
    this.#opened = { connection, rows };
  }

  #checkAtStart(): StartReport {
    try {
      return checkAtStart(this.rows, this.#seal, this.#head);
    } catch (cause) {
      this.close();
      throw openingError(cause);
    }
  }

  async #orAbandon(syncing: Promise<void>): Promise<void> {
    try {
      await syncing;
    } catch (error) {
      this.#suspect = this.#opened?.connection;
      this.#opened = undefined;
      try {
        this.#recover();
      } catch {
        // stays unavailable; the next commit tries again
      }
      throw error;
    }
  }

  #recover(): void {
    this.#suspect?.abandon();
    this.#suspect = undefined;
    const { seq } = this.#head;
    this.#open();
    if (this.#head.seq !== seq) {
      this.close();
      throw new UnavailableError(
        `the database is at commit ${this.#head.seq} after a failure of the disk; expected ${seq}`,
      );
    }
  }
}
