import { eventContext } from '../commit-plan.ts';
import type { Seal } from '../seal.ts';
import type { OutboxEvent } from '../store.ts';
import type { Rows } from './rows.ts';

/** Where a subscriber stands; undefined before its first reading. */
export function cursorOf(rows: Rows, subscriber: string): number | undefined {
  return rows.all('SELECT seq FROM cursors WHERE subscriber = ?', subscriber)[0]?.[0] as number | undefined;
}

/**
 * Events of some topics, after a cursor and up to `last`. SQLite has one process: it holds the lease by holding the file.
 */
export function readEvents(
  rows: Rows,
  seal: Seal,
  read: { readonly after: number; readonly last: number; readonly topics: readonly string[]; readonly limit: number },
): readonly (OutboxEvent & { readonly seq: number })[] {
  const { after, last, topics, limit } = read;
  // Subscribers read until nothing comes: every other time there is nothing.
  if (after >= last) return [];
  const sql = `
    SELECT seq, topic, account, region, body FROM outbox
    WHERE seq > ? AND seq <= ?
      AND topic IN (SELECT value FROM json_each(?)) ORDER BY seq LIMIT ?`;
  return rows.all(sql, after, last, JSON.stringify(topics), limit).map(([number, topic, account, region, body]) => {
    const seq = number as number;
    const event = { topic: topic as string, account: account as string, region: region as string };
    const opened = seal.open(body as Uint8Array, eventContext(seq, event));
    return { ...event, seq, body: JSON.parse(Buffer.from(opened).toString()) };
  });
}

/** An event nobody took for a day is dropped: EventBridge, too, retries for 24 hours. */
export const OUTBOX_RETENTION_MS = 24 * 60 * 60 * 1000;

/** Moves a cursor forward and drops what every subscriber has passed. */
export function acknowledgeEvents(rows: Rows, subscriber: string, seq: number): void {
  rows.run(
    'INSERT INTO cursors VALUES (?, ?) ON CONFLICT DO UPDATE SET seq = max(seq, excluded.seq)',
    ...[subscriber, seq],
  );
  rows.run('DELETE FROM outbox WHERE seq <= (SELECT min(seq) FROM cursors)');
}

export function dropOldEvents(rows: Rows, now: number): void {
  rows.run(
    'DELETE FROM outbox WHERE seq IN (SELECT seq FROM outbox WHERE time < ? ORDER BY seq LIMIT 1000)',
    now - OUTBOX_RETENTION_MS,
  );
}
