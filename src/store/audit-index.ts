import type { AuditBlock, AuditEntry } from './audit-block.ts';
import { type AuditSegment, openSegment, SEGMENT_RECORDS, SegmentDraft } from './audit-segment.ts';
import type { Head } from './head.ts';
import type { Seal } from './seal.ts';

/** An engine's audit trail: blocks and the segments that stand for them. */
export interface AuditTable {
  /** Blocks with seq above `seq`, ascending; `AUDIT_PAGE` at most. */
  following(seq: number): Promise<readonly AuditBlock[]>;
  /** Blocks of a segment with records between two times, inclusive; in any order. */
  between(segment: Pick<AuditSegment, 'first' | 'last'>, from: number, to: number): Promise<readonly AuditBlock[]>;
  /** Segments whose last block is above `seq` and there as it was, ascending; `AUDIT_PAGE` at most. */
  segmentsAfter(seq: number): Promise<readonly AuditSegment[]>;
  /** Undefined when it is not there. */
  segment(first: number): Promise<AuditSegment | undefined>;
  /** Replaces one with the same first block. Nothing happens when its last block is not there as it was: a reset came between. */
  addSegment(segment: AuditSegment): Promise<void>;
}

/** Blocks or segments read at once; some hundred kilobytes. */
export const AUDIT_PAGE = 64;

export type SegmentPlace = Omit<AuditSegment, 'filter' | 'hash'>;

/** Every block of a trail at one moment: those that segments stand for, and the newest ones beside them. */
export type IndexedTrail = { readonly segments: readonly SegmentPlace[]; readonly tail: readonly AuditBlock[] };

/** Segments that wait to be stored; when it takes longer, their blocks are read again. */
const DRAFTS_KEPT = 8;

/**
 * The segments of a trail, authenticated, and kept in step with it: whoever asks gets the missing ones made first, so that what lies
 * outside of segments is always less than one. Segments that are gone are made anew: their absence hides nothing.
 *
 * Blocks that this process made one after the other need not be read again for that. Where its blocks and those of others alternate, and
 * after a start, they are.
 */
export class AuditIndex {
  readonly #seal: Seal;
  readonly #table: AuditTable;
  readonly #head: () => Head | Promise<Head>;
  /** Without a gap, from the first block that is kept. */
  #segments: SegmentPlace[] = [];
  /** Of successive blocks of this process. */
  #drafts: SegmentDraft[] = [];
  /** Records that this process wrote since the trail was last asked for. */
  #fresh = 0;
  #turn: Promise<unknown> = Promise.resolve();
  /** Counts the times that everything was forgotten. */
  #age = 0;

  constructor(seal: Seal, table: AuditTable, head: () => Head | Promise<Head>) {
    this.#seal = seal;
    this.#table = table;
    this.#head = head;
  }

  /** @throws TamperedError when a segment or a block was changed */
  trail(): Promise<IndexedTrail> {
    const trail = this.#turn.then(() => this.#trail());
    this.#turn = trail.catch(() => undefined);
    return trail;
  }

  /** After a reset: block numbers begin anew. */
  forget(): void {
    this.#segments = [];
    this.#drafts = [];
    this.#age += 1;
  }

  /** After each commit of this process. @returns whether there is a segment to store: `trail` does */
  wrote(block: AuditBlock, entries: readonly AuditEntry[]): boolean {
    this.#fresh += block.count;
    let draft = this.#drafts.at(-1);
    // Others wrote between.
    if (draft !== undefined && draft.last + 1 !== block.seq) {
      this.#drafts = [];
      draft = undefined;
    }
    if (draft === undefined || draft.whole) {
      draft = new SegmentDraft();
      this.#drafts.push(draft);
      if (this.#drafts.length > DRAFTS_KEPT) this.#drafts.shift();
    }
    draft.add(block, entries);
    return draft.whole || this.#fresh >= SEGMENT_RECORDS;
  }

  async #trail(): Promise<IndexedTrail> {
    const head = await this.#head();
    this.#fresh = 0;
    const covered = () => this.#segments.at(-1)?.last ?? head.auditDropped;
    if (covered() > head.audit) this.forget();
    const age = this.#age;
    this.#segments = this.#segments.filter(({ last }) => last > head.auditDropped);
    await this.#load(head, covered);
    for (;;) {
      this.#drafts = this.#drafts.filter(({ first }) => first > covered());
      const [draft] = this.#drafts;
      const ready = draft?.whole && draft.last <= head.audit ? draft : undefined;
      const { blocks, whole } = await this.#read(covered(), ready === undefined ? head.audit : ready.first - 1);
      const made =
        blocks.length > 0 && (whole || ready !== undefined) ? await this.#summed(blocks) : ready?.seal(this.#seal);
      // A reset came between: nothing is left.
      if (age !== this.#age) return { segments: [], tail: [] };
      if (made === undefined) return { segments: [...this.#segments], tail: blocks };
      await this.#add(made);
    }
  }

  /** Takes over what is stored, as far as it covers the trail without a gap. */
  async #load(head: Head, covered: () => number): Promise<void> {
    for (;;) {
      const before = covered();
      const page = await this.#table.segmentsAfter(before);
      for (const segment of page) {
        const { first, last } = segment;
        // Others may have made segments with other borders at the same time: the first that fits is taken.
        const fits = first === covered() + 1 || (this.#segments.length === 0 && first <= covered());
        if (!fits || last > head.audit) continue;
        openSegment(this.#seal, segment);
        this.#segments.push(placeOf(segment));
      }
      if (page.length < AUDIT_PAGE || covered() === before) return;
    }
  }

  /** Blocks behind `after` and up to `last`, until they make a segment. */
  async #read(after: number, last: number): Promise<{ readonly blocks: AuditBlock[]; readonly whole: boolean }> {
    const blocks: AuditBlock[] = [];
    let records = 0;
    for (let at = after; at < last; at = blocks.at(-1)?.seq ?? last) {
      const page = await this.#table.following(at);
      if (page.length === 0) break;
      for (const block of page) {
        if (block.seq > last) return { blocks, whole: false };
        blocks.push(block);
        records += block.count;
        if (records >= SEGMENT_RECORDS) return { blocks, whole: true };
      }
    }
    return { blocks, whole: false };
  }

  async #summed(blocks: readonly AuditBlock[]): Promise<AuditSegment> {
    const draft = new SegmentDraft();
    for (const [at, block] of blocks.entries()) {
      draft.addStored(this.#seal, block);
      if (at % BLOCKS_PER_TURN === 0) await new Promise(setImmediate);
    }
    return draft.seal(this.#seal);
  }

  async #add(segment: AuditSegment): Promise<void> {
    this.#segments.push(placeOf(segment));
    // A disk that takes no more keeps nobody from reading: the next process makes the segment again.
    await this.#table.addSegment(segment).catch(() => undefined);
  }
}

/** Blocks opened before the event loop gets its turn: some milliseconds. */
const BLOCKS_PER_TURN = 16;

function placeOf({ first, last, minTime, maxTime, count }: AuditSegment): SegmentPlace {
  return { first, last, minTime, maxTime, count };
}
