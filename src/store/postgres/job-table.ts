import { openPayload } from '../job-payload.ts';
import type { Seal } from '../seal.ts';
import type { Job } from '../store.ts';
import { type Sql, select } from './session.ts';
import { textOf } from './text.ts';

export async function nextDue(sql: Sql): Promise<number | undefined> {
  const [row] = await select(sql, 'SELECT min(due_at) FROM jobs');
  return row === undefined || row[0] === null ? undefined : Number(row[0]);
}

/** Takes due jobs: until `now + leaseMs` no process gets them; then they are due again. Jobs that another takes now are skipped. */
export async function takeJobs(
  sql: Sql,
  seal: Seal,
  now: number,
  leaseMs: number,
  limit: number,
): Promise<readonly Job[]> {
  const taken = await select(
    sql,
    `UPDATE jobs SET due_at = $1::bigint + $2::bigint, attempts = attempts + 1
     WHERE (kind, id) IN (SELECT kind, id FROM jobs WHERE due_at <= $1 ORDER BY due_at, kind, id LIMIT $3 FOR UPDATE SKIP LOCKED)
     RETURNING kind, id, run_at, attempts, payload`,
    [now, leaseMs, limit],
  );
  return taken
    .flatMap(([first, second, runAt, attempts, payload]) => {
      const kind = textOf(first);
      const id = textOf(second);
      const opened = openPayload(seal, kind, id, payload as Buffer);
      if (opened === undefined) return [];
      return [{ kind, id, runAt: Number(runAt), payload: opened.value, attempts: Number(attempts) }];
    })
    .sort((a, b) => a.runAt - b.runAt);
}
