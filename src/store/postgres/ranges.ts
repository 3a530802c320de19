import { boundsOf, successor } from '../address.ts';
import type { IndexRange, RecordKey, ScanRange } from '../store.ts';
import { type FoundRows, foundRows, RECORD_COLUMNS } from './rows.ts';
import { type Sql, select } from './session.ts';
import { bytesOf, textOf } from './text.ts';

const DEFAULT_LIMIT = 1_000;

export type RangedRows = { readonly key: RecordKey; readonly rows: FoundRows };

/** Builds a condition with numbered parameters. */
class Condition {
  readonly values: unknown[] = [];
  text = '';

  and(condition: (parameter: () => string) => string, ...texts: readonly string[]): this {
    const numbers = texts.map((text) => `$${this.values.push(bytesOf(text))}`);
    const next = numbers.values();
    const built = condition(() => next.next().value ?? '');
    this.text += this.text === '' ? built : ` AND ${built}`;
    return this;
  }
}

function partition(table: string, { collection, account, region }: Omit<RecordKey, 'id'>): Condition {
  return new Condition()
    .and((p) => `${table}.collection = ${p()}`, collection)
    .and((p) => `${table}.account = ${p()}`, account)
    .and((p) => `${table}.region = ${p()}`, region);
}

function idCondition(range: ScanRange): Condition {
  const { from, fromExclusive, to } = boundsOf(range);
  const condition = partition('l', range).and((p) => `l.id ${fromExclusive ? '>' : '>='} ${p()}`, from);
  return to === undefined ? condition : condition.and((p) => `l.id < ${p()}`, to);
}

const BODIES = 'LEFT JOIN records r USING (collection, account, region, id)';

/** Records of a range, in order. */
export async function rowsOf(sql: Sql, range: ScanRange): Promise<readonly RangedRows[]> {
  const { text, values } = idCondition(range);
  const order = range.reverse ? 'DESC' : 'ASC';
  const found = await select(
    sql,
    `SELECT ${RECORD_COLUMNS}, l.id FROM ledger l ${BODIES} WHERE ${text} ORDER BY l.id ${order} LIMIT $${values.length + 1}`,
    [...values, range.limit ?? DEFAULT_LIMIT],
  );
  return found.map((row) => ({ key: keyIn(range, textOf(row[5])), rows: foundRows(row) }));
}

export async function countOf(sql: Sql, range: Omit<ScanRange, 'limit' | 'after' | 'reverse'>): Promise<number> {
  const { text, values } = idCondition(range);
  return Number((await select(sql, `SELECT count(*) FROM ledger l WHERE ${text}`, values))[0]?.[0]);
}

/** Records of a range of an index, in order of index key, then id. */
export async function indexRowsOf(
  sql: Sql,
  range: IndexRange,
): Promise<readonly (RangedRows & { readonly indexKey: string })[]> {
  const { index, equals, prefix = '', after, reverse = false } = range;
  const condition = partition('i', range).and((p) => `i.name = ${p()}`, index);
  if (equals !== undefined) {
    condition.and((p) => `i.key = ${p()}`, equals);
  } else {
    const to = successor(prefix);
    condition.and((p) => `i.key >= ${p()}`, prefix);
    if (to !== undefined) condition.and((p) => `i.key < ${p()}`, to);
  }
  if (after !== undefined)
    condition.and((p) => `(i.key, i.id) ${reverse ? '<' : '>'} (${p()}, ${p()})`, after.key, after.id);
  const order = reverse ? 'DESC' : 'ASC';
  const { text, values } = condition;
  const found = await select(
    sql,
    `SELECT ${RECORD_COLUMNS}, i.key, i.id
     FROM record_index i LEFT JOIN ledger l USING (collection, account, region, id) ${BODIES}
     WHERE ${text} ORDER BY i.key ${order}, i.id ${order} LIMIT $${values.length + 1}`,
    [...values, range.limit ?? DEFAULT_LIMIT],
  );
  return found.map((row) => ({ key: keyIn(range, textOf(row[6])), indexKey: textOf(row[5]), rows: foundRows(row) }));
}

function keyIn({ collection, account, region }: Omit<RecordKey, 'id'>, id: string): RecordKey {
  return { collection, account, region, id };
}
