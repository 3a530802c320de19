import type { AuditBlock } from '../audit-block.ts';
import { AUDIT_PAGE, type AuditTable } from '../audit-index.ts';
import type { AuditSegment } from '../audit-segment.ts';
import { type Session, type Sql, select } from './session.ts';

const COLUMNS = 'seq, min_time, max_time, count, previous, hash, body';
const SEGMENT_COLUMNS = 'first, last, min_time, max_time, count, hash, filter';
const FITS = 'EXISTS (SELECT FROM audit WHERE audit.seq = audit_segments.last AND audit.hash = audit_segments.hash)';

/** The audit tables, read in pages. */
export function auditTable(session: Session): AuditTable {
  const blocksOf = async (where: string, ...values: number[]) => {
    const text = `SELECT ${COLUMNS} FROM audit WHERE ${where}`;
    return (await session.read((sql) => select(sql, text, values))).map(blockOf);
  };
  const segmentsOf = async (where: string, ...values: number[]) => {
    const text = `SELECT ${SEGMENT_COLUMNS} FROM audit_segments WHERE ${where}`;
    return (await session.read((sql) => select(sql, text, values))).map(segmentOf);
  };
  return {
    following: (seq) => blocksOf('seq > $1 ORDER BY seq LIMIT $2', seq, AUDIT_PAGE),
    between: ({ first, last }, from, to) =>
      blocksOf('seq BETWEEN $1 AND $2 AND max_time >= $3 AND min_time <= $4', first, last, from, to),
    segmentsAfter: (seq) => segmentsOf(`last > $1 AND ${FITS} ORDER BY first LIMIT $2`, seq, AUDIT_PAGE),
    segment: async (first) => (await segmentsOf('first = $1', first))[0],
    // Processes that make the same segment at once make the same one.
    addSegment: async ({ first, last, minTime, maxTime, count, hash, filter }) => {
      const text = `INSERT INTO audit_segments
        SELECT $1::bigint, $2::bigint, $3::bigint, $4::bigint, $5::integer, $6::bytea, $7::bytea
        WHERE EXISTS (SELECT FROM audit WHERE seq = $2 AND hash = $6) ON CONFLICT (first) DO UPDATE SET
        last = excluded.last, min_time = excluded.min_time, max_time = excluded.max_time, count = excluded.count,
        hash = excluded.hash, filter = excluded.filter`;
      await session.read((sql) => sql.query(text, [first, last, minTime, maxTime, count, hash, filter]));
    },
  };
}

/** The oldest blocks, no more than go in one step. */
export async function oldestBlocks(sql: Sql, after: number, limit: number): Promise<readonly AuditBlock[]> {
  const text = `SELECT ${COLUMNS} FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2`;
  return (await select(sql, text, [after, limit])).map(blockOf);
}

/** Deletes blocks up to `seq`, and the segments that stand for none any longer. */
export async function deleteBlocks(sql: Sql, seq: number): Promise<void> {
  await sql.query('DELETE FROM audit WHERE seq <= $1', [seq]);
  await sql.query('DELETE FROM audit_segments WHERE last <= $1', [seq]);
}

function blockOf([seq, minTime, maxTime, count, previous, hash, body]: readonly unknown[]): AuditBlock {
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

function segmentOf([first, last, minTime, maxTime, count, hash, filter]: readonly unknown[]): AuditSegment {
  return {
    first: Number(first),
    last: Number(last),
    minTime: Number(minTime),
    maxTime: Number(maxTime),
    count: Number(count),
    hash: hash as Buffer,
    filter: filter as Buffer,
  };
}
