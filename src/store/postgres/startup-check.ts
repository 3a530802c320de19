import type { Head } from '../head.ts';
import type { Indexes } from '../record-body.ts';
import type { Seal } from '../seal.ts';
import { StartCheck, type StartReport } from '../start-check.ts';
import type { RecordKey } from '../store.ts';
import { type Sql, select } from './session.ts';
import { bytesOf, textOf } from './text.ts';

const PAGE = 1_000;

/**
 * The check at start over all rows that a transaction sees; `head` is what the same transaction sees. 100,000 records with an index entry
 * each take 1.6 s, an audit block of 1.3 KB 5 µs (a block holds all events of one commit). Rows come in pages: the memory it takes
 * does not grow with the database.
 */
export async function checkAtStart(sql: Sql, seal: Seal, head: Head): Promise<StartReport> {
  const check = new StartCheck(seal, head);
  let authentic = true;
  let missing = 0;
  let named = 0;
  for await (const page of pagesOf(sql, RECORDS)) {
    const entries: NamedEntry[] = [];
    for (const row of page) {
      const { indexes, ...checked } = checkedRecord(row);
      authentic = check.record(checked) && authentic;
      // A list that was changed says nothing about the index, and may be no list.
      if (authentic) entries.push(...entriesOf(checked.key, indexes));
    }
    if (!authentic || entries.length === 0) continue;
    named += entries.length;
    for (const { collection, id } of await missingEntries(sql, entries)) {
      missing += 1;
      check.damage(`the index entries of ${collection} \`${id}\``);
    }
  }
  for await (const page of pagesOf(sql, BLOCKS)) {
    for (const [seq, previous, hash, made] of page) {
      check.block({ seq: Number(seq), previous: previous as Buffer, hash: hash as Buffer, made: made as Buffer });
    }
  }
  const extraEntries = authentic && missing === 0 ? (await countOf(sql, 'record_index')) - named : 0;
  return check.report({ bodies: await countOf(sql, 'records'), extraEntries });
}

const RECORDS = `
  SELECT collection, account, region, id, l.version, l.mac, r.version, r.indexes,
    substr(r.body, greatest(length(r.body) - 15, 1))
  FROM ledger l LEFT JOIN records r USING (collection, account, region, id)`;

/** The hash is `auditBlockHash`, made where the bodies are: they need not travel. */
const BLOCKS = `
  SELECT seq, previous, hash, sha256(convert_to(
    concat_ws('|', 'audit', seq, min_time, max_time, count, encode(previous, 'hex')), 'UTF8') || body)
  FROM audit ORDER BY seq`;

async function* pagesOf(sql: Sql, text: string): AsyncIterable<readonly unknown[][]> {
  await sql.query(`DECLARE checked NO SCROLL CURSOR FOR ${text}`);
  for (;;) {
    const page = await select(sql, `FETCH ${PAGE} FROM checked`);
    yield page;
    if (page.length < PAGE) break;
  }
  await sql.query('CLOSE checked');
}

function checkedRecord([collection, account, region, id, version, mac, bodyVersion, indexes, tag]: readonly unknown[]) {
  const list = bodyVersion === null ? '' : textOf(indexes);
  return {
    key: { collection: textOf(collection), account: textOf(account), region: textOf(region), id: textOf(id) },
    version: Number(version),
    mac: mac as Buffer,
    body: bodyVersion === null ? undefined : { version: Number(bodyVersion), indexes: list, tag: tag as Buffer },
    indexes: list,
  };
}

type NamedEntry = RecordKey & { readonly name: string; readonly indexKey: string };

function entriesOf(key: RecordKey, list: string): readonly NamedEntry[] {
  if (list === '') return [];
  const indexes = JSON.parse(list) as Indexes;
  const distinct = new Map(indexes.map((entry) => [JSON.stringify(entry), entry]));
  return [...distinct.values()].map(([name, indexKey]) => ({ ...key, name, indexKey }));
}

/** Records of which an entry is missing. */
async function missingEntries(sql: Sql, entries: readonly NamedEntry[]) {
  const columns = (['collection', 'account', 'region', 'id', 'name', 'indexKey'] as const).map((part) =>
    entries.map((entry) => bytesOf(entry[part])),
  );
  const rows = await select(
    sql,
    `SELECT DISTINCT collection, id
     FROM unnest($1::bytea[], $2::bytea[], $3::bytea[], $4::bytea[], $5::bytea[], $6::bytea[])
       AS e (collection, account, region, id, name, key)
     LEFT JOIN record_index i USING (collection, account, region, id, name, key) WHERE i.tableoid IS NULL`,
    columns,
  );
  return rows.map(([collection, id]) => ({ collection: textOf(collection), id: textOf(id) }));
}

async function countOf(sql: Sql, table: 'records' | 'record_index'): Promise<number> {
  return Number((await select(sql, `SELECT count(*) FROM ${table}`))[0]?.[0]);
}
