import { auditBlockHash } from '../audit-block.ts';
import type { Head } from '../head.ts';
import type { Seal } from '../seal.ts';
import { NAMES_KEPT, StartCheck, type StartReport } from '../start-check.ts';
import { blockOf, COLUMNS } from './audit-table.ts';
import type { Rows } from './rows.ts';

export type { StartReport };

/**
 * The check at start over all rows. 100,000 records with an index entry each take 1.1 s, 1,000,000 audit blocks of 1.3 KB 7 s (a block
 * holds all events of one commit). Rows are read one by one: the memory it takes does not grow with the database.
 */
export function checkAtStart(rows: Rows, seal: Seal, head: Head): StartReport {
  const check = new StartCheck(seal, head);
  const all = `SELECT collection, account, region, id, l.version, l.mac, r.version, r.indexes, coalesce(substr(r.body, -16), x'')
    FROM ledger l LEFT JOIN records r USING (collection, account, region, id)`;
  let authentic = true;
  for (const [collection, account, region, id, version, mac, bodyVersion, indexes, tag] of rows.each(all)) {
    const fits = check.record({
      key: { collection: String(collection), account: String(account), region: String(region), id: String(id) },
      version: Number(version),
      mac: mac as Uint8Array,
      body:
        bodyVersion === null
          ? undefined
          : { version: Number(bodyVersion), indexes: String(indexes), tag: tag as Uint8Array },
    });
    authentic &&= fits;
  }
  for (const row of rows.each(`SELECT ${COLUMNS} FROM audit ORDER BY seq`)) {
    const block = blockOf(row);
    check.block({ ...block, made: auditBlockHash(block) });
  }
  // A list that was changed says nothing about the index, and may be no list.
  const missing = authentic ? hiddenRecords(rows) : [];
  for (const name of missing) check.damage(`the index entries of ${name}`);
  return check.report({
    bodies: Number(rows.all('SELECT count(*) FROM records')[0]?.[0]),
    extraEntries: authentic && missing.length === 0 ? extraEntries(rows) : 0,
  });
}

/** Records of which an index entry is missing. */
function hiddenRecords(rows: Rows): readonly string[] {
  const missing = rows.all(
    `SELECT DISTINCT r.collection, r.id FROM records r, json_each(r.indexes) e
     WHERE r.indexes <> '' AND NOT EXISTS (
       SELECT 1 FROM record_index i
       WHERE i.collection = r.collection AND i.account = r.account AND i.region = r.region
         AND i.name = e.value ->> 0 AND i.key = e.value ->> 1 AND i.id = r.id)
     LIMIT ?`,
    NAMES_KEPT,
  );
  return missing.map(([collection, id]) => `${collection} \`${id}\``);
}

/** When none is missing: how many are there that no record names. */
function extraEntries(rows: Rows): number {
  const named = rows.all(`
    SELECT sum((SELECT count(DISTINCT e.value) FROM json_each(r.indexes) e)) FROM records r WHERE r.indexes <> ''`);
  return Number(rows.all('SELECT count(*) FROM record_index')[0]?.[0]) - Number(named[0]?.[0]);
}
