import type { AuditBlock } from '../audit-block.ts';
import { AUDIT_PAGE, type AuditBlocks } from '../audit-trail.ts';
import type { Rows } from './rows.ts';

const COLUMNS = 'seq, min_time, max_time, count, previous, hash, body';

/** The audit table, read in pages; the event loop gets its turn between them. */
export function auditTable(rows: () => Rows): AuditBlocks {
  const blocksOf = async (sql: string, ...parameters: number[]) => {
    await new Promise(setImmediate);
    return rows()
      .all(`SELECT ${COLUMNS} FROM audit WHERE ${sql} LIMIT ?`, ...parameters, AUDIT_PAGE)
      .map(blockOf);
  };
  return {
    overlapping({ from, to, oldestFirst }, last, after) {
      if (oldestFirst) {
        return blocksOf(
          'min_time <= ? AND max_time >= ? AND seq <= ? AND (min_time, seq) > (?, ?) ORDER BY min_time, seq',
          ...[to, from, last, after?.minTime ?? Number.MIN_SAFE_INTEGER, after?.seq ?? 0],
        );
      }
      return blocksOf(
        'max_time >= ? AND min_time <= ? AND seq <= ? AND (max_time, seq) < (?, ?) ORDER BY max_time DESC, seq DESC',
        ...[from, to, last, after?.maxTime ?? Number.MAX_SAFE_INTEGER, after?.seq ?? Number.MAX_SAFE_INTEGER],
      );
    },
    following: (seq) => blocksOf('seq > ? ORDER BY seq', seq),
  };
}

function blockOf([seq, minTime, maxTime, count, previous, hash, body]: unknown[]): AuditBlock {
  return {
    seq: seq as number,
    minTime: minTime as number,
    maxTime: maxTime as number,
    count: count as number,
    previous: previous as Uint8Array,
    hash: hash as Uint8Array,
    body: body as Uint8Array,
  };
}
