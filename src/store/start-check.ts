import { addressOf } from './address.ts';
import type { AuditBlock } from './audit-block.ts';
import { ELEMENT_BYTES, type Head, toggleElement } from './head.ts';
import { LEDGER_MAC_BYTES, ledgerDigest, TAG_BYTES } from './record-body.ts';
import type { Seal } from './seal.ts';
import type { RecordKey } from './store.ts';

/** What stands in the database when it is opened, beside what it should be. */
export type StartReport = {
  /** Records that do not fit their ledger row (each is refused when it is read), or whose index entries are missing. */
  readonly damaged: readonly string[];
  /** What no single read finds: the whole is not what was last committed. */
  readonly problems: readonly string[];
};

/** A ledger row with what belongs to it of its record's row; `body` undefined: there is none. */
export type CheckedRecord = {
  readonly key: RecordKey;
  readonly version: number;
  readonly mac: Uint8Array;
  readonly body: { readonly version: number; readonly indexes: string; readonly tag: Uint8Array } | undefined;
};

/** A row of the audit table; `made` is the hash over it as it stands: `auditBlockHash`. */
export type CheckedBlock = Pick<AuditBlock, 'seq' | 'previous' | 'hash'> & { readonly made: Uint8Array };

/** Enough to see the kind of damage; the rest says the same. */
export const NAMES_KEPT = 20;

/**
 * The check before anything is served, the same on every engine: it is fed all rows of one moment, holds none of them, and opens
 * none. It finds records that went back to an older version together with their ledger rows, records removed with them, index
 * lists that were changed, and audit blocks altered, moved, exchanged or removed.
 *
 * Where single records are damaged the digest over all cannot be compared, so that whoever damages one can take others back: any
 * finding must keep the server from starting.
 */
export class StartCheck {
  readonly #seal: Seal;
  readonly #head: Head;
  readonly #damaged: string[] = [];
  readonly #digest = new Uint8Array(ELEMENT_BYTES);
  #records = 0;
  #blocks = 0;
  #blocksAfterLast = 0;
  #brokenAt: number | undefined;
  #last: Pick<AuditBlock, 'seq' | 'hash'>;

  constructor(seal: Seal, head: Head) {
    this.#seal = seal;
    this.#head = head;
    this.#last = { seq: head.auditDropped, hash: head.auditDroppedHash };
  }

  /** Each ledger row, in any order. @returns whether it and its record fit each other, and so the list of index entries is authentic */
  record({ key, version, mac, body }: CheckedRecord): boolean {
    this.#records += 1;
    const made =
      body?.version === version && body.tag.byteLength === TAG_BYTES
        ? ledgerDigest(this.#seal, addressOf(key), version, body.indexes, body.tag)
        : undefined;
    if (made === undefined || Buffer.compare(made.subarray(0, LEDGER_MAC_BYTES), mac) !== 0) {
      this.damage(`${key.collection} \`${key.id}\``);
      return false;
    }
    toggleElement(this.#digest, made.subarray(LEDGER_MAC_BYTES));
    return true;
  }

  /** Each audit block, in ascending order of seq. */
  block({ seq, previous, hash, made }: CheckedBlock): void {
    if (seq > this.#head.audit) {
      this.#blocksAfterLast += 1;
      return;
    }
    const follows = seq === this.#last.seq + 1 && Buffer.compare(previous, this.#last.hash) === 0;
    if (!follows || Buffer.compare(hash, made) !== 0) this.#brokenAt ??= this.#last.seq + 1;
    this.#blocks += 1;
    this.#last = { seq, hash };
  }

  damage(what: string): void {
    if (this.#damaged.length < NAMES_KEPT) this.#damaged.push(what);
  }

  /**
   * After all rows.
   *
   * @param bodies rows of records
   * @param extraEntries index entries that no record names
   */
  report({ bodies, extraEntries }: { readonly bodies: number; readonly extraEntries: number }): StartReport {
    const sound = this.#damaged.length === 0 && bodies === this.#records;
    const problems = this.#auditProblems();
    if (sound && Buffer.compare(this.#digest, this.#head.digest) !== 0) {
      problems.push('records were removed, or went back to an older version together with their ledger rows');
    }
    const damaged = [...this.#damaged];
    if (bodies > this.#records) damaged.push(`${bodies - this.#records} without a ledger row`);
    if (extraEntries > 0) damaged.push(`${extraEntries} index entries of no record`);
    return { damaged, problems };
  }

  #auditProblems(): string[] {
    const { audit, auditDropped, auditHash } = this.#head;
    const problems: string[] = [];
    const missing = audit - auditDropped - this.#blocks;
    const ends = this.#last.seq === audit && Buffer.compare(this.#last.hash, auditHash) === 0;
    const brokenAt = this.#brokenAt ?? (ends ? undefined : Math.min(this.#last.seq + 1, audit));
    if (missing > 0)
      problems.push(`${missing} of ${audit - auditDropped} audit blocks are missing, the first at block ${brokenAt}`);
    else if (brokenAt !== undefined) {
      problems.push(`audit blocks were changed, replaced or moved, the first at block ${brokenAt}`);
    }
    if (this.#blocksAfterLast > 0) problems.push(`there are ${this.#blocksAfterLast} more audit blocks than were made`);
    return problems;
  }
}
