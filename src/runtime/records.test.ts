import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { collection } from './collection.ts';
import type { IndexListOptions, Listed, ListOptions } from './records.ts';
import { emptyStore, openUnit } from './store-for-tests.ts';

type Row = { readonly tags: readonly string[] };
const rows = collection<Row>('test/row', 'regional', { 'by-tag': (row) => row.tags });
const globals = collection<Row>('test/global', 'global');
const installed = collection<Row>('test/installed', 'installation');

/** UTF-16 puts U+FF61 after the surrogates of U+10000, UTF-8 before it. */
const ids = ['a', 'ab', 'b', 'b/1', 'c', 'é', '\uff61', '\u{10000}'] as const;
const tags = ['', 'k', 'kk', 'x', '\uff61', '\u{10000}'] as const;

type Written = ReadonlyMap<string, readonly string[] | undefined>;
const content = fc.dictionary(fc.constantFrom(...ids), fc.uniqueArray(fc.constantFrom(...tags)), {
  maxKeys: ids.length,
});
const writes = fc.array(
  fc.tuple(fc.constantFrom(...ids), fc.option(fc.uniqueArray(fc.constantFrom(...tags)), { nil: undefined })),
  { maxLength: 8 },
);
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const page = { limit: optional(fc.integer({ min: 1, max: 5 })), reverse: optional(fc.boolean()) };

/** A unit with uncommitted writes on top of committed records, and what it should see. */
async function overlay(
  committed: Readonly<Record<string, readonly string[]>>,
  own: Iterable<[string, readonly string[] | undefined]>,
) {
  const store = emptyStore();
  const before = openUnit(store);
  for (const id in committed) before.records.create(rows, id, { tags: committed[id] ?? [] });
  await before.commit();
  const expected = new Map<string, readonly string[] | undefined>(Object.entries(committed));
  const { records } = openUnit(store);
  for (const [id, value] of own) {
    await records.get(rows, id);
    if (value === undefined) records.delete(rows, id);
    else records.put(rows, id, { tags: value });
    expected.set(id, value);
  }
  return { records, expected, close: () => store.close() };
}

function sortedPage<T>(
  entries: readonly T[],
  rank: (entry: T) => readonly [string, string],
  { limit = 1_000, reverse }: { limit?: number; reverse?: boolean },
  after: readonly [string, string] | undefined,
): readonly T[] {
  const compare = (a: readonly [string, string], b: readonly [string, string]) =>
    (Buffer.compare(Buffer.from(a[0]), Buffer.from(b[0])) || Buffer.compare(Buffer.from(a[1]), Buffer.from(b[1]))) *
    (reverse ? -1 : 1);
  return entries
    .filter((entry) => after === undefined || compare(rank(entry), after) > 0)
    .sort((a, b) => compare(rank(a), rank(b)))
    .slice(0, limit);
}

const given = <T extends object>(options: T) =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
const seen = (listed: readonly Listed<Row>[]) => listed.map(({ id, value, indexKey }) => [id, value.tags, indexKey]);

const listCases = fc.record({
  committed: content,
  own: writes,
  options: fc.record({
    ...page,
    prefix: optional(fc.constantFrom('', 'a', 'b', 'é')),
    after: optional(fc.constantFrom(...ids)),
  }),
});

test('a list is the committed records with the own writes on top, in the order of their bytes', async () => {
  await fc.assert(
    fc.asyncProperty(listCases, async ({ committed, own, options }) => {
      const { records, expected, close } = await overlay(committed, own);
      const there = [...(expected as Written)].flatMap(([id, value]) =>
        value !== undefined && id.startsWith(options.prefix ?? '') ? [[id, value, id] as const] : [],
      );
      const after = options.after === undefined ? undefined : ([options.after, ''] as const);
      const wanted = sortedPage(there, ([id]) => [id, ''], given(options), after);
      assert.deepEqual(seen(await records.list(rows, given(options) as ListOptions)), wanted);
      await close();
    }),
    { numRuns: 300 },
  );
});

const indexCases = fc.record({
  committed: content,
  own: writes,
  options: fc.record({
    ...page,
    equals: optional(fc.constantFrom(...tags)),
    prefix: optional(fc.constantFrom('', 'k')),
    after: optional(fc.record({ key: fc.constantFrom(...tags), id: fc.constantFrom(...ids) })),
  }),
});

test('a list by an index is, too, in the order of index key and id', async () => {
  await fc.assert(
    fc.asyncProperty(indexCases, async ({ committed, own, options: { equals, prefix, ...rest } }) => {
      const hits = equals === undefined ? { prefix } : { equals };
      const options = given({ ...rest, ...hits }) as IndexListOptions;
      const { records, expected, close } = await overlay(committed, own);
      const there = [...(expected as Written)].flatMap(([id, value]) =>
        (value ?? [])
          .filter((tag) => (equals === undefined ? tag.startsWith(prefix ?? '') : tag === equals))
          .map((tag) => [id, value, tag] as const),
      );
      const after = rest.after === undefined ? undefined : ([rest.after.key, rest.after.id] as const);
      const wanted = sortedPage(there, ([id, , tag]) => [tag, id], given(rest), after);
      assert.deepEqual(seen(await records.listIndex(rows, 'by-tag', options)), wanted);
      await close();
    }),
    { numRuns: 300 },
  );
});

test('own writes are visible by id before the commit, and to nobody else', async () => {
  const store = emptyStore();
  const mine = openUnit(store);
  mine.records.create(rows, 'a', { tags: ['mine'] });
  assert.deepEqual(await mine.records.get(rows, 'a'), { tags: ['mine'] });
  assert.equal(await openUnit(store).records.get(rows, 'a'), undefined);
  await mine.commit();
  assert.deepEqual(await openUnit(store).records.get(rows, 'a'), { tags: ['mine'] });
});

test('a page that loses records to own deletions is filled up, not cut short', async () => {
  const { records } = await overlay({ a: [], b: [], c: [] }, [['a', undefined]]);
  assert.deepEqual(
    (await records.list(rows, { limit: 2 })).map(({ id }) => id),
    ['b', 'c'],
  );
});

test('`at` shows another account or Region in the same unit; scopes decide what a place keeps apart', async () => {
  const store = emptyStore();
  const { unit, records, commit } = openUnit(store);
  const elsewhere = records.at({ region: 'eu-west-1' });
  const foreign = records.at({ account: '444455556666' });
  records.create(rows, 'a', { tags: ['here'] });
  elsewhere.create(rows, 'a', { tags: ['elsewhere'] });
  foreign.create(rows, 'a', { tags: ['foreign'] });
  records.create(globals, 'g', { tags: [] });
  foreign.create(installed, 'i', { tags: [] });
  assert.equal(unit.commit([]).writes.length, 5);
  await commit();
  const later = openUnit(store).records;
  assert.deepEqual(await later.get(rows, 'a'), { tags: ['here'] });
  assert.deepEqual(await later.at({ region: 'eu-west-1' }).get(rows, 'a'), { tags: ['elsewhere'] });
  assert.deepEqual(await later.at({ account: '444455556666' }).get(rows, 'a'), { tags: ['foreign'] });
  assert.ok(await later.at({ region: 'eu-west-1' }).get(globals, 'g'));
  assert.equal(await later.at({ account: '444455556666' }).get(globals, 'g'), undefined);
  assert.ok(await later.get(installed, 'i'));
});

test('a count is of what is committed', async () => {
  const { records } = await overlay({ a: [], ab: [], b: [] }, [['c', []]]);
  assert.deepEqual([await records.count(rows), await records.count(rows, { prefix: 'a' })], [3, 2]);
});
