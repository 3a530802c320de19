import { type AuditBlock, type AuditEntry, openAuditText, recordsIn, termsIn, termText } from './audit-block.ts';
import { filterOf, mayContain } from './audit-filter.ts';
import type { Seal } from './seal.ts';

/**
 * What is known of some successive audit blocks without reading them: when their records are of, and which look-up terms none of them has.
 */
export type AuditSegment = {
  /** First and last block. */
  readonly first: number;
  readonly last: number;
  readonly minTime: number;
  readonly maxTime: number;
  readonly count: number;
  /** Hash of the last block: binds the segment to this chain. */
  readonly hash: Uint8Array;
  /** Sealed. */
  readonly filter: Uint8Array;
};

/** Records of a segment, at least: a filter of some kilobytes then stands for some hundred kilobytes of records. */
export const SEGMENT_RECORDS = 2_048;

function contextOf({ first, last, minTime, maxTime, count, hash }: Omit<AuditSegment, 'filter'>): string {
  return `audit segment|${first}|${last}|${minTime}|${maxTime}|${count}|${Buffer.from(hash).toString('hex')}`;
}

/** A segment while its blocks come, one after the other. The same blocks always give the same segment, but for the sealing. */
export class SegmentDraft {
  readonly #terms = new Set<string>();
  /** Records without terms may be what anybody looks for. */
  #searchable = true;
  #first = 0;
  #last: Pick<AuditBlock, 'seq' | 'hash'> = { seq: 0, hash: new Uint8Array(0) };
  #minTime = Number.POSITIVE_INFINITY;
  #maxTime = Number.NEGATIVE_INFINITY;
  #count = 0;

  /** Numbers of the first and the last block; 0 before the first came. */
  get first(): number {
    return this.#first;
  }

  get last(): number {
    return this.#last.seq;
  }

  get whole(): boolean {
    return this.#count >= SEGMENT_RECORDS;
  }

  /** A block that this process has just made. */
  add(block: AuditBlock, entries: readonly AuditEntry[]): void {
    this.#place(block);
    for (const { id, terms } of entries) {
      this.#terms.add(id);
      if (terms === undefined) this.#searchable = false;
      else for (const term of terms) this.#terms.add(termText(term));
    }
  }

  /** @throws TamperedError when the block was changed */
  addStored(seal: Seal, block: AuditBlock): void {
    const text = openAuditText(seal, block);
    this.#place(block);
    for (const { id } of recordsIn(block, text)) this.#terms.add(id);
    const terms = termsIn(text);
    if (terms === undefined) this.#searchable = false;
    else for (const term of terms) this.#terms.add(term);
  }

  /** After at least one block. */
  seal(seal: Seal): AuditSegment {
    const summary = {
      first: this.#first,
      last: this.#last.seq,
      minTime: this.#minTime,
      maxTime: this.#maxTime,
      count: this.#count,
      hash: this.#last.hash,
    };
    const filter = this.#searchable ? filterOf(this.#terms) : new Uint8Array(0);
    return { ...summary, filter: seal.seal(filter, contextOf(summary)) };
  }

  #place({ seq, hash, minTime, maxTime, count }: AuditBlock): void {
    if (this.#first === 0) this.#first = seq;
    this.#last = { seq, hash };
    this.#minTime = Math.min(this.#minTime, minTime);
    this.#maxTime = Math.max(this.#maxTime, maxTime);
    this.#count += count;
  }
}

/** The opened filter. @throws TamperedError when any column was changed */
export function openSegment(seal: Seal, segment: AuditSegment): Uint8Array {
  return seal.open(segment.filter, contextOf(segment));
}

/** @param filter opened; @param terms as `termText` writes them */
export function mayHoldTerms(filter: Uint8Array, terms: readonly string[]): boolean {
  return filter.length === 0 || terms.every((term) => mayContain(filter, term));
}
