import type { AuditBlock } from '../audit-block.ts';
import { AUDIT_PAGE, type AuditBlocks } from '../audit-trail.ts';
import { type Session, select } from './session.ts';

const COLUMNS = 'seq, min_time, max_time, count, previous, hash, body';

/** The audit table, read in pages. */
export function auditTable(session: Session): AuditBlocks {
  const blocksOf = async (condition: string, ...values: number[]) => {
    const text = `SELECT ${COLUMNS} FROM audit WHERE ${condition} LIMIT ${AUDIT_PAGE}`;
    return (await session.read((sql) => select(sql, text, values))).map(blockOf);
  };
  return {
    overlapping({ from, to, oldestFirst }, last, after) {
      if (oldestFirst) {
        return blocksOf(
          'min_time <= $1 AND max_time >= $2 AND seq <= $3 AND (min_time, seq) > ($4, $5) ORDER BY min_time, seq',
          ...[to, from, last, after?.minTime ?? Number.MIN_SAFE_INTEGER, after?.seq ?? 0],
        );
      }
      return blocksOf(
        'max_time >= $1 AND min_time <= $2 AND seq <= $3 AND (max_time, seq) < ($4, $5) ORDER BY max_time DESC, seq DESC',
        ...[from, to, last, after?.maxTime ?? Number.MAX_SAFE_INTEGER, after?.seq ?? Number.MAX_SAFE_INTEGER],
      );
    },
    following: (seq) => blocksOf('seq > $1 ORDER BY seq', seq),
  };
}

function blockOf([seq, minTime, maxTime, count, previous, hash, body]: unknown[]): AuditBlock {
  return {
    seq: Number(seq),
    minTime: Number(minTime),
    maxTime: Number(maxTime),
    count: Number(count),
    previous: previous as Buffer,
    hash: hash as Buffer,
    body: body as Buffer,
  };
}
