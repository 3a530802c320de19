import { addressOf } from './address.ts';
import { ELEMENT_BYTES, type Head, toggleElement } from './head.ts';
import { type BodyRow, type Indexes, type LedgerRow, openRecord } from './record-body.ts';
import type { Seal } from './seal.ts';
import { type RecordKey, TamperedError } from './store.ts';

/** What a check of the whole database found: an empty list is a sound database. */
export type LedgerReport = { readonly records: number; readonly problems: readonly string[] };

/** Every row of the database as of one moment. */
export interface LedgerTables {
  readonly head: Head;
  records(): AsyncIterable<{ readonly key: RecordKey; readonly ledger: LedgerRow; readonly body: BodyRow }>;
  /** How many of these index entries of a record are there. */
  entriesPresent(key: RecordKey, indexes: Indexes): Promise<number>;
  totals(): Promise<{ readonly bodies: number; readonly indexEntries: number }>;
}

/** Enough to see the kind of damage; the rest says the same. */
const PROBLEMS_KEPT = 100;

/**
 * Opens every record, and compares the digest over all of them with the head's. Finds a record that went back to an older
 * version together with its ledger row, one removed with its row, and index entries that are missing or of no record.
 */
export async function verifyLedger(seal: Seal, tables: LedgerTables): Promise<LedgerReport> {
  const problems: string[] = [];
  const digest = new Uint8Array(ELEMENT_BYTES);
  let records = 0;
  let indexEntries = 0;
  const report = (problem: string) => {
    if (problems.length < PROBLEMS_KEPT) problems.push(problem);
  };
  for await (const { key, ledger, body } of tables.records()) {
    records += 1;
    try {
      const { element, indexes } = openRecord(seal, addressOf(key), key, ledger, body);
      toggleElement(digest, element);
      const expected = [...new Map(indexes.map((entry) => [JSON.stringify(entry), entry])).values()];
      indexEntries += expected.length;
      if (expected.length > 0 && (await tables.entriesPresent(key, expected)) !== expected.length) {
        report(`an index entry of ${key.collection} \`${key.id}\` is missing`);
      }
    } catch (error) {
      if (!(error instanceof TamperedError)) throw error;
      report(error.message);
    }
  }
  const totals = await tables.totals();
  if (totals.bodies !== records) report('there are bodies without a ledger row');
  if (totals.indexEntries !== indexEntries) report('there are index entries of no record');
  if (Buffer.compare(digest, tables.head.digest) !== 0) {
    report('records were removed, or went back to an older version together with their ledger row');
  }
  return { records, problems };
}
