import { boundsOf, successor } from '../address.ts';
import type { IndexRange, ScanRange } from '../store.ts';
import type { Rows } from './rows.ts';

const DEFAULT_LIMIT = 1_000;

/** Ids of a range, in order. */
export function idsOf(rows: Rows, range: ScanRange): readonly string[] {
  const { where, parameters } = idCondition(range);
  const order = range.reverse ? 'DESC' : 'ASC';
  const sql = `SELECT id FROM ledger WHERE ${where} ORDER BY id ${order} LIMIT ?`;
  return rows.all(sql, ...parameters, range.limit ?? DEFAULT_LIMIT).map(([id]) => id as string);
}

export function countOf(rows: Rows, range: Omit<ScanRange, 'limit' | 'after' | 'reverse'>): number {
  const { where, parameters } = idCondition(range);
  return rows.all(`SELECT count(*) FROM ledger WHERE ${where}`, ...parameters)[0]?.[0] as number;
}

/** Counts the first ids of a range: how many of them there are, and the last. */
export function countSome(rows: Rows, range: ScanRange & { readonly limit: number }): { count: number; last: string } {
  const { where, parameters } = idCondition(range);
  const sql = `SELECT count(*), max(id) FROM (SELECT id FROM ledger WHERE ${where} ORDER BY id LIMIT ?)`;
  const [count, last] = rows.all(sql, ...parameters, range.limit)[0] ?? [];
  return { count: count as number, last: (last ?? '') as string };
}

function idCondition(range: ScanRange): { where: string; parameters: string[] } {
  const { from, fromExclusive, to } = boundsOf(range);
  let where = `collection = ? AND account = ? AND region = ? AND id ${fromExclusive ? '>' : '>='} ?`;
  const parameters = [range.collection, range.account, range.region, from];
  if (to !== undefined) {
    where += ' AND id < ?';
    parameters.push(to);
  }
  return { where, parameters };
}

export type IndexEntry = { readonly key: string; readonly id: string };

/** Entries of an index, in order of key, then id. */
export function indexEntriesOf(rows: Rows, range: IndexRange): readonly IndexEntry[] {
  const { collection, account, region, index, equals, prefix = '', after, reverse = false } = range;
  let where = 'collection = ? AND account = ? AND region = ? AND name = ?';
  const parameters = [collection, account, region, index];
  const add = (condition: string, ...values: string[]) => {
    where += ` AND ${condition}`;
    parameters.push(...values);
  };
  if (equals !== undefined) {
    add('key = ?', equals);
  } else {
    const to = successor(prefix);
    add('key >= ?', prefix);
    if (to !== undefined) add('key < ?', to);
  }
  if (after !== undefined) add(`(key, id) ${reverse ? '<' : '>'} (?, ?)`, after.key, after.id);
  const order = reverse ? 'DESC' : 'ASC';
  const sql = `SELECT key, id FROM record_index WHERE ${where} ORDER BY key ${order}, id ${order} LIMIT ?`;
  return rows
    .all(sql, ...parameters, range.limit ?? DEFAULT_LIMIT)
    .map(([key, id]) => ({ key: key as string, id: id as string }));
}
