import { eventContext } from '../commit-plan.ts';
import type { Seal } from '../seal.ts';
import type { OutboxEvent } from '../store.ts';
import { type Sql, select } from './session.ts';
import { bytesOf, textOf } from './text.ts';

/** A process that stops is replaced after this time; each reading renews it. */
const LEASE_MS = 30_000;
/** As on SQLite: EventBridge, too, retries for 24 hours. */
const RETENTION_MS = 24 * 60 * 60 * 1000;
/** A subscriber of rare topics must not make the others' events be kept: its cursor passes them when so many lie behind it. */
const FOREIGN_EVENTS_PASSED = 1_000;

export type OutboxReading = {
  readonly subscriber: string;
  readonly topics: readonly string[];
  readonly limit: number;
  /** This process. */
  readonly owner: string;
  readonly now: number;
};

/** Events after the subscriber's cursor; none while another process holds the lease. */
export async function readEvents(
  sql: Sql,
  seal: Seal,
  reading: OutboxReading,
): Promise<readonly (OutboxEvent & { readonly seq: number })[]> {
  const { subscriber, topics, limit, owner, now } = reading;
  const [lease] = await select(
    sql,
    `INSERT INTO cursors VALUES ($1, 0, $2, $3)
     ON CONFLICT (subscriber) DO UPDATE SET owner = $2, lease_until = $3
     WHERE cursors.owner = $2 OR cursors.lease_until <= $4 RETURNING seq`,
    [bytesOf(subscriber), owner, now + LEASE_MS, now],
  );
  if (lease === undefined) return [];
  // Before the reading: commits take turns, so everything up to here is seen by it.
  const [newest] = await select(sql, 'SELECT max(seq) FROM outbox');
  const last = Number(newest?.[0] ?? 0);
  const found = await select(
    sql,
    `SELECT seq, topic, account, region, body FROM outbox WHERE seq > $1 AND topic = ANY ($2::bytea[]) ORDER BY seq LIMIT $3`,
    [lease[0], topics.map(bytesOf), limit],
  );
  if (found.length === 0 && last - Number(lease[0]) >= FOREIGN_EVENTS_PASSED)
    await acknowledgeEvents(sql, subscriber, last, now);
  return found.map(([number, topic, account, region, body]) => {
    const seq = Number(number);
    const event = { topic: textOf(topic), account: textOf(account), region: textOf(region) };
    const opened = seal.open(body as Buffer, eventContext(seq, event));
    return { ...event, seq, body: JSON.parse(Buffer.from(opened).toString()) };
  });
}

/** Moves a cursor forward and drops what every subscriber has passed, and what nobody took for a day. */
export async function acknowledgeEvents(sql: Sql, subscriber: string, seq: number, now: number): Promise<void> {
  await sql.query('UPDATE cursors SET seq = greatest(seq, $2) WHERE subscriber = $1', [bytesOf(subscriber), seq]);
  await sql.query('DELETE FROM outbox WHERE seq <= (SELECT min(seq) FROM cursors) OR time < $1', [now - RETENTION_MS]);
}
