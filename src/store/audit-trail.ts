import { type AuditBlock, mayHold, openAuditBlock, openAuditText, recordsIn, termText } from './audit-block.ts';
import type { AuditIndex, AuditTable, SegmentPlace } from './audit-index.ts';
import { mayHoldTerms, openSegment } from './audit-segment.ts';
import type { Head } from './head.ts';
import type { Seal } from './seal.ts';
import { type AuditRange, type AuditReport, type AuditWrite, TamperedError } from './store.ts';

/** An engine's trail. */
export type AuditTrail = { readonly seal: Seal; readonly table: AuditTable; readonly index: AuditIndex };

/** Blocks opened before the event loop gets its turn: some milliseconds. */
const BLOCKS_PER_TURN = 32;

type Placed = { readonly record: AuditWrite; readonly seq: number; readonly at: number };

/**
 * Audit records in order of time; those of one moment in order of commit. Segments and blocks overlap in time: each is opened before the
 * first record that it may come before, and records wait until nothing unopened can hold one that comes before them.
 */
export async function* auditRecords({ seal, table, index }: AuditTrail, range: AuditRange): AsyncIterable<AuditWrite> {
  const { from, to, oldestFirst } = range;
  const terms = range.terms?.map(termText);
  const direction = oldestFirst ? 1 : -1;
  const bound = (of: Bounds) => (oldestFirst ? of.minTime : of.maxTime);
  const byBound = (a: Bounds, b: Bounds) => direction * (bound(a) - bound(b));
  const compare = (a: Placed, b: Placed) => direction * (a.record.time - b.record.time || a.seq - b.seq || a.at - b.at);
  const overlaps = ({ minTime, maxTime }: Bounds) => minTime <= to && maxTime >= from;

  const { segments, tail } = await index.trail();
  const closed = segments.filter(overlaps).sort(byBound);
  let blocks: readonly AuditBlock[] = tail.filter(overlaps).sort(byBound);
  let next = 0;
  let waiting: Placed[] = [];
  for (let opened = 1; ; opened++) {
    for (let segment = closed[0]; segment !== undefined; segment = closed[0]) {
      const block = blocks[next];
      if (block !== undefined && byBound(block, segment) < 0) break;
      closed.shift();
      if (terms !== undefined && !(await holds(seal, table, segment, terms))) continue;
      blocks = [...blocks.slice(next), ...(await table.between(segment, from, to))].sort(byBound);
      next = 0;
    }
    const block = blocks[next++];
    if (block === undefined) break;
    if (opened % BLOCKS_PER_TURN === 0) await new Promise(setImmediate);
    const safe = waiting.findIndex(({ record }) => direction * (record.time - bound(block)) >= 0);
    for (const { record } of waiting.splice(0, safe < 0 ? waiting.length : safe)) yield record;
    const text = openAuditText(seal, block);
    if (terms !== undefined && !mayHold(text, terms)) continue;
    const placed = recordsIn(block, text).map((record, at) => ({ record, seq: block.seq, at }));
    waiting = [...waiting, ...placed.filter(({ record }) => record.time >= from && record.time <= to)].sort(compare);
  }
  for (const { record } of waiting) yield record;
}

type Bounds = { readonly minTime: number; readonly maxTime: number };

async function holds(seal: Seal, table: AuditTable, { first, last }: SegmentPlace, terms: readonly string[]) {
  const segment = await table.segment(first);
  // Another process may have put a shorter one in its place: that says nothing of the blocks behind.
  if (segment === undefined || segment.last < last) return true;
  return mayHoldTerms(openSegment(seal, segment), terms);
}

/** Walks the chain from the first block that is kept to the one that the head names. */
export async function verifyAuditChain(seal: Seal, table: AuditTable, head: Head): Promise<AuditReport> {
  const deleted = head.auditDropped;
  let seq = deleted;
  let previous = head.auditDroppedHash;
  const broken = () => ({ blocks: seq - deleted, deleted, brokenAt: seq + 1 });
  while (seq < head.audit) {
    const page = await table.following(seq);
    if (page.length === 0) return broken();
    for (const block of page) {
      if (block.seq > head.audit) break;
      if (!follows(seal, block, { seq, hash: previous })) return broken();
      seq = block.seq;
      previous = block.hash;
    }
  }
  const whole = Buffer.compare(previous, head.auditHash) === 0;
  return { blocks: seq - deleted, deleted, brokenAt: whole ? undefined : seq };
}

function follows(seal: Seal, block: AuditBlock, last: Pick<AuditBlock, 'seq' | 'hash'>): boolean {
  if (block.seq !== last.seq + 1 || Buffer.compare(block.previous, last.hash) !== 0) return false;
  try {
    openAuditBlock(seal, block);
    return true;
  } catch (error) {
    if (error instanceof TamperedError) return false;
    throw error;
  }
}

/**
 * The oldest blocks that may go: every record in them is older than `before`. Each is proven to be the next one of the chain, so that
 * nobody gets a block deleted by giving it another time.
 *
 * @returns the head without them; the same when none may go
 * @throws TamperedError
 */
export function headWithout(seal: Seal, head: Head, oldest: readonly AuditBlock[], before: number): Head {
  let last = { seq: head.auditDropped, hash: head.auditDroppedHash };
  for (const block of oldest) {
    if (block.seq > head.audit) break;
    if (!follows(seal, block, last)) throw new TamperedError(`audit block ${last.seq + 1}`);
    if (block.maxTime >= before) break;
    last = block;
  }
  if (last.seq === head.auditDropped) return head;
  return { ...head, seq: head.seq + 1, auditDropped: last.seq, auditDroppedHash: last.hash };
}
