import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConflictError } from '#store/store.ts';
import { collection } from './collection.ts';
import { emptyStore, openUnit } from './store-for-tests.ts';
import { Unit } from './unit.ts';

type Row = { readonly text: string };
const rows = collection<Row>('test/row', 'regional');
const others = collection<Row>('test/other', 'regional');

async function storeWith(...ids: readonly string[]) {
  const store = emptyStore();
  const { records, commit } = openUnit(store);
  for (const id of ids) records.create(rows, id, { text: id });
  await commit();
  return store;
}

test('a record that changed since it was read refuses the commit', async () => {
  const store = await storeWith('a');
  const [mine, theirs] = [openUnit(store), openUnit(store)];
  for (const { records } of [mine, theirs]) {
    const row = await records.get(rows, 'a');
    records.put(rows, 'a', { text: `${row?.text}+` });
  }
  await theirs.commit();
  await assert.rejects(mine.commit(), ConflictError);
  assert.equal((await openUnit(store).records.get(rows, 'a'))?.text, 'a+');
});

test('a record that was only read is checked, too, once the unit changes something', async () => {
  const store = await storeWith('a', 'b');
  const mine = openUnit(store);
  await mine.records.get(rows, 'a');
  await mine.records.get(rows, 'b');
  mine.records.put(rows, 'b', { text: 'mine' });
  const theirs = openUnit(store);
  await theirs.records.get(rows, 'a');
  theirs.records.put(rows, 'a', { text: 'theirs' });
  await theirs.commit();
  await assert.rejects(mine.commit(), ConflictError);
});

test('a record found absent is checked: two calls cannot both create it', async () => {
  const store = await storeWith();
  const [mine, theirs] = [openUnit(store), openUnit(store)];
  assert.equal(await mine.records.get(rows, 'a'), undefined);
  mine.records.create(others, 'x', { text: 'because a is absent' });
  theirs.records.create(rows, 'a', { text: 'theirs' });
  await theirs.commit();
  await assert.rejects(mine.commit(), ConflictError);
});

test('a record listed is checked like one read by its id', async () => {
  const store = await storeWith('a', 'b');
  const mine = openUnit(store);
  await mine.records.list(rows);
  mine.records.create(others, 'x', { text: 'because of the list' });
  const theirs = openUnit(store);
  await theirs.records.get(rows, 'b');
  theirs.records.delete(rows, 'b');
  await theirs.commit();
  await assert.rejects(mine.commit(), ConflictError);
});

test('the first version read is the one that counts', async () => {
  const store = await storeWith('a');
  const mine = openUnit(store);
  await mine.records.get(rows, 'a');
  const theirs = openUnit(store);
  await theirs.records.get(rows, 'a');
  theirs.records.put(rows, 'a', { text: 'theirs' });
  await theirs.commit();
  // Seen anew, but what was decided from the first reading is out of date.
  assert.equal((await mine.records.get(rows, 'a'))?.text, 'theirs');
  mine.records.put(rows, 'a', { text: 'mine' });
  await assert.rejects(mine.commit(), ConflictError);
});

test('a unit that only read commits without a check', async () => {
  const store = await storeWith('a');
  const mine = openUnit(store);
  await mine.records.get(rows, 'a');
  const theirs = openUnit(store);
  await theirs.records.get(rows, 'a');
  theirs.records.delete(rows, 'a');
  await theirs.commit();
  assert.equal(mine.unit.changes, false);
  await mine.commit();
});

test('creating what exists is refused, creating what this unit deleted is not', async () => {
  const store = await storeWith('a');
  const blind = openUnit(store);
  blind.records.create(rows, 'a', { text: 'again' });
  await assert.rejects(blind.commit(), ConflictError);
  const replacing = openUnit(store);
  await replacing.records.get(rows, 'a');
  replacing.records.delete(rows, 'a');
  replacing.records.create(rows, 'a', { text: 'new' });
  await replacing.commit();
  assert.equal((await openUnit(store).records.get(rows, 'a'))?.text, 'new');
});

test('what was created and deleted in one unit leaves nothing', async () => {
  const store = await storeWith();
  const { records, commit } = openUnit(store);
  records.create(rows, 'a', { text: 'a' });
  records.delete(rows, 'a');
  assert.equal(await records.get(rows, 'a'), undefined);
  await commit();
  assert.deepEqual(await store.counts(), {});
});

test('writing what was never read is a mistake of the programmer', () => {
  const { records } = openUnit(emptyStore());
  assert.throws(() => records.put(rows, 'a', { text: 'a' }), /INVARIANT: `test\/row` is read before it is written/);
  assert.throws(() => records.delete(rows, 'a'), /INVARIANT/);
});

test('nested work that throws takes back its writes, events and jobs, and nothing else', async () => {
  const store = await storeWith('a');
  const { unit, records, commit } = openUnit(store);
  const event = (topic: string) => ({ topic, account: '', region: '', body: {} });
  await records.get(rows, 'a');
  records.put(rows, 'a', { text: 'outer' });
  unit.event(event('outer'));
  unit.job({ kind: 'test/outer', id: '||x', runAt: 5 });
  await unit.nested(async () => {
    records.create(rows, 'kept', { text: 'inner' });
    await assert.rejects(
      unit.nested(async () => {
        records.put(rows, 'a', { text: 'inner' });
        records.delete(rows, 'kept');
        records.create(rows, 'dropped', { text: 'inner' });
        unit.event(event('inner'));
        unit.job({ kind: 'test/inner', id: '||x', runAt: 5 });
        throw new Error('deeper');
      }),
      /deeper/,
    );
  });
  const committed = unit.commit([]);
  assert.deepEqual(
    committed.writes.map(({ key, value }) => [key.id, value]),
    [
      ['a', { text: 'outer' }],
      ['kept', { text: 'inner' }],
    ],
  );
  assert.deepEqual(
    committed.events.map(({ topic }) => topic),
    ['outer'],
  );
  assert.deepEqual(
    committed.jobs.map(({ kind }) => kind),
    ['test/outer'],
  );
  await commit();
  assert.equal(await openUnit(store).records.get(rows, 'dropped'), undefined);
});

test('what failed nested work read is still checked', async () => {
  const store = await storeWith('a');
  const mine = openUnit(store);
  await assert.rejects(
    mine.unit.nested(async () => {
      await mine.records.get(rows, 'a');
      throw new Error('refused because of a');
    }),
  );
  mine.records.create(others, 'x', { text: 'because it was refused' });
  const theirs = openUnit(store);
  await theirs.records.get(rows, 'a');
  theirs.records.delete(rows, 'a');
  await theirs.commit();
  await assert.rejects(mine.commit(), ConflictError);
});

test('`changes` and `schedules` say what a commit would do', () => {
  const unit = new Unit();
  assert.deepEqual([unit.changes, unit.schedules], [false, false]);
  unit.event({ topic: 'event', account: '', region: '', body: {} });
  assert.deepEqual([unit.changes, unit.schedules], [true, false]);
  unit.job({ kind: 'test/job', id: '||x', runAt: undefined });
  assert.deepEqual([unit.changes, unit.schedules], [true, true]);
});
