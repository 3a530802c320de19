import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import type { CommittedChange } from '../store.ts';
import type { Session, Sql } from './session.ts';

const CHANNEL = 'ringwall';
/** NOTIFY takes payloads below 8,000 bytes. */
const PAYLOAD_BYTES = 7_900;
const RECONNECT_MS = 250;

type Row = readonly [collection: string, account: string, region: string, id: string, version: number, deleted: 0 | 1];
/** `rows` null: too much to say; forget everything. */
type Announcement = { readonly from: string; readonly rows: readonly Row[] | null };

export type AnnouncementListener = {
  /** Changes of another process; undefined: unknown ones. */
  changed(changes: readonly CommittedChange[] | undefined): void;
  /** Whether announcements arrive: only then may records be kept in memory. */
  connected(yes: boolean): void;
};

/** Tells the other processes on this database what was committed, and hears from them (LISTEN and NOTIFY). */
export class Announcements {
  readonly #session: Session;
  readonly #listener: AnnouncementListener;
  readonly #self = randomUUID();
  #client: Client | undefined;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(session: Session, listener: AnnouncementListener) {
    this.#session = session;
    this.#listener = listener;
  }

  /** Inside the committing transaction: PostgreSQL delivers with the commit, or not at all. */
  async announce(sql: Sql, changes: readonly CommittedChange[]): Promise<void> {
    for (const payload of payloadsOf(this.#self, changes))
      await sql.query('SELECT pg_notify($1, $2)', [CHANNEL, payload]);
  }

  /** Everything is gone. */
  async announceReset(sql: Sql): Promise<void> {
    await sql.query('SELECT pg_notify($1, $2)', [
      CHANNEL,
      JSON.stringify({ from: this.#self, rows: null } satisfies Announcement),
    ]);
  }

  /** @throws when the first connection fails; later ones are tried again by themselves */
  async connect(): Promise<void> {
    const client = await this.#session.dedicated();
    if (this.#closed) return client.end();
    client.on('notification', ({ payload }) => this.#hear(payload ?? ''));
    client.on('error', () => this.#lost(client));
    client.on('end', () => this.#lost(client));
    this.#client = client;
    await client.query(`LISTEN ${CHANNEL}`);
    this.#listener.connected(true);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    await this.#client?.end();
  }

  #lost(client: Client): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    this.#listener.connected(false);
    this.#reconnectLater();
    client.end().catch(() => undefined);
  }

  #reconnectLater(): void {
    if (this.#closed) return;
    this.#retry = setTimeout(() => {
      this.connect().catch(() => this.#reconnectLater());
    }, RECONNECT_MS);
    this.#retry.unref();
  }

  #hear(payload: string): void {
    const { from, rows }: Announcement = JSON.parse(payload);
    if (from === this.#self) return;
    this.#listener.changed(
      rows?.map(([collection, account, region, id, version, deleted]) => ({
        key: { collection, account, region, id },
        version,
        deleted: deleted === 1,
      })),
    );
  }
}

function payloadsOf(from: string, changes: readonly CommittedChange[]): readonly string[] {
  const payloads: string[] = [];
  let rows: Row[] = [];
  let size = 0;
  const flush = () => {
    if (rows.length > 0) payloads.push(JSON.stringify({ from, rows } satisfies Announcement));
    rows = [];
    size = 100;
  };
  flush();
  for (const { key, version, deleted } of changes) {
    const row: Row = [key.collection, key.account, key.region, key.id, version, deleted ? 1 : 0];
    const bytes = Buffer.byteLength(JSON.stringify(row)) + 1;
    if (bytes > PAYLOAD_BYTES - 100) return [JSON.stringify({ from, rows: null } satisfies Announcement)];
    if (size + bytes > PAYLOAD_BYTES) flush();
    rows.push(row);
    size += bytes;
  }
  flush();
  return payloads;
}
