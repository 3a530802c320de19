import type { Head } from '../head.ts';
import type { BodyRow } from '../record-body.ts';
import type { LedgerTables } from '../verify-ledger.ts';
import type { Rows } from './rows.ts';

/** Records read before the event loop gets its turn: about 10 ms. */
const RECORDS_PER_TURN = 500;

/** The tables for a check of everything. Nothing may be committed meanwhile. */
export function ledgerTables(rows: Rows, head: Head): LedgerTables {
  const count = (table: string) => rows.all(`SELECT count(*) FROM ${table}`)[0]?.[0] as number;
  return {
    head,
    async *records() {
      let after = ['', '', '', ''];
      let first = true;
      for (;;) {
        const page = rows.all(first ? FIRST_KEYS : NEXT_KEYS, ...(first ? [] : after), RECORDS_PER_TURN) as string[][];
        for (const [collection = '', account = '', region = '', id = ''] of page) {
          const key = { collection, account, region, id };
          const { ledger, body } = rows.record(key);
          if (ledger !== undefined) yield { key, ledger, body: body as BodyRow };
        }
        first = false;
        after = page.at(-1) ?? after;
        if (page.length < RECORDS_PER_TURN) return;
        await new Promise(setImmediate);
      }
    },
    async entriesPresent({ collection, account, region, id }, indexes) {
      const present = indexes.filter(
        ([name, key]) => rows.all(ENTRY, collection, account, region, name, key, id).length > 0,
      );
      return present.length;
    },
    totals: async () => ({ bodies: count('records'), indexEntries: count('record_index') }),
  };
}

const FIRST_KEYS =
  'SELECT collection, account, region, id FROM ledger ORDER BY collection, account, region, id LIMIT ?';
const NEXT_KEYS = `
  SELECT collection, account, region, id FROM ledger
  WHERE (collection, account, region, id) > (?, ?, ?, ?) ORDER BY collection, account, region, id LIMIT ?`;
const ENTRY = `
  SELECT 1 FROM record_index
  WHERE collection = ? AND account = ? AND region = ? AND name = ? AND key = ? AND id = ?`;
