import type { Head } from '../head.ts';
import type { LedgerTables } from '../verify-ledger.ts';
import { foundRows, RECORD_COLUMNS } from './rows.ts';
import { type Sql, select } from './session.ts';
import { column, textOf } from './text.ts';

const PAGE = 500;

/** The tables for a check of everything, in a transaction that sees one moment. */
export function ledgerTables(sql: Sql, head: Head): LedgerTables {
  const count = async (table: string) => Number((await select(sql, `SELECT count(*) FROM ${table}`))[0]?.[0]);
  return {
    head,
    async *records() {
      await sql.query(`DECLARE checked NO SCROLL CURSOR FOR
        SELECT ${RECORD_COLUMNS}, l.collection, l.account, l.region, l.id
        FROM ledger l LEFT JOIN records r USING (collection, account, region, id)`);
      for (;;) {
        const page = await select(sql, `FETCH ${PAGE} FROM checked`);
        for (const row of page) {
          const [collection = '', account = '', region = '', id = ''] = row.slice(5).map(textOf);
          const { ledger, body } = foundRows(row);
          if (ledger !== undefined) yield { key: { collection, account, region, id }, ledger, body };
        }
        if (page.length < PAGE) return;
      }
    },
    async entriesPresent({ collection, account, region, id }, indexes) {
      const [row] = await select(
        sql,
        `SELECT count(*) FROM record_index JOIN unnest($5::bytea[], $6::bytea[]) AS e (name, key) USING (name, key)
         WHERE collection = $1 AND account = $2 AND region = $3 AND id = $4`,
        [
          ...[collection, account, region, id].map((text) => Buffer.from(text)),
          column(indexes, ([name]) => name),
          column(indexes, ([, key]) => key),
        ],
      );
      return Number(row?.[0]);
    },
    totals: async () => ({ bodies: await count('records'), indexEntries: await count('record_index') }),
  };
}
