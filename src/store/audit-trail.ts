import { type AuditBlock, openAuditBlock } from './audit-block.ts';
import type { Head } from './head.ts';
import type { Seal } from './seal.ts';
import { type AuditWrite, TamperedError } from './store.ts';

export type AuditRange = { readonly from: number; readonly to: number; readonly oldestFirst?: boolean };

/** Blocks of an engine's audit table, in pages. */
export interface AuditBlocks {
  /**
   * Blocks that overlap the range, ordered by maxTime and seq descending (`oldestFirst`: by minTime and seq ascending), beyond
   * `after`; an empty page ends.
   */
  overlapping(range: AuditRange, last: number, after: AuditBlock | undefined): Promise<readonly AuditBlock[]>;
  /** Blocks with seq above `seq`, ascending. */
  following(seq: number): Promise<readonly AuditBlock[]>;
}

/** Blocks read at once; some hundred kilobytes. */
export const AUDIT_PAGE = 64;

type Placed = { readonly record: AuditWrite; readonly seq: number; readonly at: number };

/**
 * Audit records in order of time; those of one moment in order of commit. Blocks overlap in time, so records wait until no
 * later block can hold one that comes before them.
 */
export async function* auditRecords(
  seal: Seal,
  blocks: AuditBlocks,
  head: Head,
  range: AuditRange,
): AsyncIterable<AuditWrite> {
  const direction = range.oldestFirst ? 1 : -1;
  const compare = (a: Placed, b: Placed) => direction * (a.record.time - b.record.time || a.seq - b.seq || a.at - b.at);
  let waiting: Placed[] = [];
  let after: AuditBlock | undefined;
  for (;;) {
    const page = await blocks.overlapping(range, head.audit, after);
    for (const block of page) {
      const bound = range.oldestFirst ? block.minTime : block.maxTime;
      const safe = waiting.findIndex(({ record }) => direction * (record.time - bound) >= 0);
      for (const { record } of waiting.splice(0, safe < 0 ? waiting.length : safe)) yield record;
      const placed = openAuditBlock(seal, block).map((record, at) => ({ record, seq: block.seq, at }));
      const wanted = placed.filter(({ record }) => record.time >= range.from && record.time <= range.to);
      waiting = [...waiting, ...wanted].sort(compare);
    }
    after = page.at(-1);
    if (after === undefined) break;
    // A page takes milliseconds to open: other calls get their turn between two.
    await new Promise(setImmediate);
  }
  for (const { record } of waiting) yield record;
}

/** Walks the chain from the first block to the one that the head names. `brokenAt`: the first block that does not fit. */
export async function verifyAuditChain(
  seal: Seal,
  blocks: AuditBlocks,
  head: Head,
): Promise<{ readonly blocks: number; readonly brokenAt: number | undefined }> {
  let seq = 0;
  let previous: Uint8Array = new Uint8Array(32);
  while (seq < head.audit) {
    const page = await blocks.following(seq);
    if (page.length === 0) return { blocks: seq, brokenAt: seq + 1 };
    for (const block of page) {
      if (block.seq > head.audit) break;
      if (block.seq !== seq + 1 || Buffer.compare(block.previous, previous) !== 0 || !opens(seal, block)) {
        return { blocks: seq, brokenAt: seq + 1 };
      }
      seq = block.seq;
      previous = block.hash;
    }
  }
  const whole = Buffer.compare(previous, head.auditHash) === 0;
  return { blocks: seq, brokenAt: whole ? undefined : seq };
}

function opens(seal: Seal, block: AuditBlock): boolean {
  try {
    openAuditBlock(seal, block);
    return true;
  } catch (error) {
    if (error instanceof TamperedError) return false;
    throw error;
  }
}
