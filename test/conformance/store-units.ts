import {
  type AuditWrite,
  type CommitUnit,
  ConflictError,
  type RecordKey,
  type RecordWrite,
  type Store,
} from '#store/store.ts';

export const place = { collection: 'things', account: '111122223333', region: 'us-east-1' };
export const empty: CommitUnit = { reads: [], writes: [], events: [], jobs: [], audit: [] };

export function key(id: string): RecordKey {
  return { ...place, id };
}
export function write(
  at: RecordKey,
  expected: number,
  value: unknown,
  indexes: RecordWrite['indexes'] = [],
): RecordWrite {
  return { key: at, expected, value, indexes };
}
export function put(id: string, value: unknown, expected = 0, indexes: RecordWrite['indexes'] = []): RecordWrite {
  return write(key(id), expected, value, indexes);
}
export function unit(...writes: readonly RecordWrite[]): CommitUnit {
  return { ...empty, writes };
}
export function audit(id: string, time: number): AuditWrite {
  return { id, time, json: JSON.stringify({ id }) };
}
export function event(topic: string, body: unknown) {
  return { topic, account: place.account, region: place.region, body };
}
export function job(id: string, runAt: number, payload?: unknown) {
  return { kind: 'k', id, runAt, payload };
}

/** Adds one to a counter as the pipeline does: again, when somebody else was faster. */
export async function increment(store: Store, id: string): Promise<void> {
  for (;;) {
    const record = await store.get<number>(key(id));
    try {
      return await store.commit(unit(put(id, (record?.value ?? 0) + 1, record?.version ?? 0)));
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
    }
  }
}
