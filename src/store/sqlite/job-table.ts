import { openPayload } from '../job-payload.ts';
import type { Seal } from '../seal.ts';
import type { Job } from '../store.ts';
import type { Rows } from './rows.ts';

export function nextDue(rows: Rows): number | undefined {
  return (rows.all('SELECT min(due_at) FROM jobs')[0]?.[0] ?? undefined) as number | undefined;
}

/** Takes due jobs: until `now + leaseMs` nobody else gets them; then they are due again. Inside a transaction. */
export function takeJobs(rows: Rows, seal: Seal, now: number, leaseMs: number, limit: number): readonly Job[] {
  const sql =
    'SELECT kind, id, run_at, attempts, payload FROM jobs WHERE due_at <= ? ORDER BY due_at, kind, id LIMIT ?';
  return rows.all(sql, now, limit).flatMap(([first, second, runAt, attempts, payload]) => {
    const kind = first as string;
    const id = second as string;
    rows.run('UPDATE jobs SET due_at = ?, attempts = attempts + 1 WHERE kind = ? AND id = ?', now + leaseMs, kind, id);
    const opened = openPayload(seal, kind, id, payload as Uint8Array);
    if (opened === undefined) return [];
    return [{ kind, id, runAt: runAt as number, payload: opened.value, attempts: (attempts as number) + 1 }];
  });
}
