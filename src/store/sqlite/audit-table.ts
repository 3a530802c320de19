import type { AuditBlock } from '../audit-block.ts';
import { AUDIT_PAGE, type AuditTable } from '../audit-index.ts';
import type { AuditSegment } from '../audit-segment.ts';
import type { Rows } from './rows.ts';

export const COLUMNS = 'seq, min_time, max_time, count, previous, hash, body';
const SEGMENT_COLUMNS = 'first, last, min_time, max_time, count, hash, filter';
const FITS = 'EXISTS (SELECT 1 FROM audit WHERE audit.seq = audit_segments.last AND audit.hash = audit_segments.hash)';

/**
 * The audit tables, read in pages; the event loop gets its turn between them.
 *
 * @param change runs a change in a commit of its own
 */
export function auditTable(rows: () => Rows, change: (work: (rows: Rows) => void) => Promise<void>): AuditTable {
  const blocksOf = async (where: string, ...parameters: number[]) => {
    await new Promise(setImmediate);
    return rows()
      .all(`SELECT ${COLUMNS} FROM audit WHERE ${where}`, ...parameters)
      .map(blockOf);
  };
  const segmentsOf = async (where: string, ...parameters: number[]) =>
    rows()
      .all(`SELECT ${SEGMENT_COLUMNS} FROM audit_segments WHERE ${where}`, ...parameters)
      .map(segmentOf);
  return {
    following: (seq) => blocksOf('seq > ? ORDER BY seq LIMIT ?', seq, AUDIT_PAGE),
    between: ({ first, last }, from, to) =>
      blocksOf('seq BETWEEN ? AND ? AND max_time >= ? AND min_time <= ?', first, last, from, to),
    segmentsAfter: (seq) => segmentsOf(`last > ? AND ${FITS} ORDER BY first LIMIT ?`, seq, AUDIT_PAGE),
    segment: async (first) => (await segmentsOf('first = ?', first))[0],
    addSegment: (segment) => change((changed) => insertSegment(changed, segment)),
  };
}

/** The oldest blocks, no more than go in one step. */
export function oldestBlocks(rows: Rows, after: number, limit: number): readonly AuditBlock[] {
  return rows.all(`SELECT ${COLUMNS} FROM audit WHERE seq > ? ORDER BY seq LIMIT ?`, after, limit).map(blockOf);
}

/** Deletes blocks up to `seq`, and the segments that stand for none any longer. */
export function deleteBlocks(rows: Rows, seq: number): void {
  rows.run('DELETE FROM audit WHERE seq <= ?', seq);
  rows.run('DELETE FROM audit_segments WHERE last <= ?', seq);
}

function insertSegment(rows: Rows, { first, last, minTime, maxTime, count, hash, filter }: AuditSegment): void {
  rows.run(
    `INSERT OR REPLACE INTO audit_segments SELECT ?, ?, ?, ?, ?, ?, ?
     WHERE EXISTS (SELECT 1 FROM audit WHERE seq = ? AND hash = ?)`,
    ...[first, last, minTime, maxTime, count, hash, filter, last, hash],
  );
}

export function blockOf([seq, minTime, maxTime, count, previous, hash, body]: readonly unknown[]): AuditBlock {
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

function segmentOf([first, last, minTime, maxTime, count, hash, filter]: readonly unknown[]): AuditSegment {
  return {
    first: first as number,
    last: last as number,
    minTime: minTime as number,
    maxTime: maxTime as number,
    count: count as number,
    hash: hash as Uint8Array,
    filter: filter as Uint8Array,
  };
}
