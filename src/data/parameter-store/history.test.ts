import { strict as assert } from 'node:assert';
import { after, before, describe, test } from 'node:test';
import { allPages, openTestStore, refused, type TestStore } from './client-for-tests.ts';

describe('GetParameterHistory', () => {
  let store: TestStore;
  before(async () => {
    store = await openTestStore();
    for (let version = 1; version <= 5; version += 1) {
      await store.put('/h', `v${version}`, { Description: `version ${version}` });
    }
    // The names sort around it.
    await store.put('/h-2', 'other');
    await store.put('/h/x', 'other');
  });
  after(() => store.ringwall.stop());

  const history = (Name: string, MaxResults?: number) =>
    allPages(async (NextToken) => {
      const page = await store.ssm.getParameterHistory({
        Name,
        NextToken,
        ...(MaxResults === undefined ? {} : { MaxResults }),
      });
      return { items: page.Parameters, next: page.NextToken };
    });

  test('shows every version, oldest first, each as it was', async () => {
    const { items } = await history('/h');
    assert.deepEqual(
      items.map(({ Version, Value, Description, Labels, Policies, Tier, DataType }) => [
        Version,
        Value,
        Description,
        Labels,
        Policies,
        Tier,
        DataType,
      ]),
      [1, 2, 3, 4, 5].map((v) => [v, `v${v}`, `version ${v}`, [], [], 'Standard', 'text']),
    );
  });

  for (const size of [1, 2, 3, 4, 5, 6]) {
    test(`in pages of ${size}`, async () => {
      const { items, pages } = await history('/h', size);
      assert.deepEqual(
        items.map(({ Version }) => Version),
        [1, 2, 3, 4, 5],
      );
      assert.equal(pages, Math.ceil(5 / size));
    });
  }

  test('is found by ARN, and gone with its parameter', async () => {
    assert.equal((await history(store.arn('/h'))).items.length, 5);
    await store.put('/h-gone', 'a');
    await store.put('/h-gone', 'b');
    await store.ssm.deleteParameter({ Name: '/h-gone' });
    await refused(history('/h-gone'), 'ParameterNotFound');
    await store.put('/h-gone', 'c');
    assert.deepEqual(
      (await history('/h-gone')).items.map(({ Version, Value }) => [Version, Value]),
      [[1, 'c']],
    );
  });

  test('refuses what it cannot answer', async () => {
    await refused(history('absent'), 'ParameterNotFound');
    await refused(history('/h', 51), 'ValidationException', /less than or equal to 50/);
    await refused(store.ssm.getParameterHistory({ Name: '/h', NextToken: 'x' }), 'InvalidNextToken');
  });

  test('keeps a hundred versions, and the oldest for as long as it is labelled', async () => {
    const Name = '/hundred';
    for (let version = 1; version <= 101; version += 1) await store.put(Name, `v${version}`);
    const { items } = await history(Name);
    assert.deepEqual([items.length, items[0]?.Version, items.at(-1)?.Version], [100, 2, 101]);
    await refused(store.ssm.getParameter({ Name: `${Name}:1` }), 'ParameterVersionNotFound');
    await refused(
      store.ssm.labelParameterVersion({ Name, ParameterVersion: 1, Labels: ['x'] }),
      'ParameterVersionNotFound',
    );

    await store.ssm.labelParameterVersion({ Name, ParameterVersion: 2, Labels: ['critical'] });
    await refused(
      store.put(Name, 'v102'),
      'ParameterMaxVersionLimitExceeded',
      "You attempted to create a new version of /hundred by calling the PutParameter API with the overwrite flag. Version 2, the oldest version, can't be deleted because it has a label associated with it. Move the label to another version of the parameter, and try again.",
    );
    assert.equal((await store.ssm.getParameter({ Name })).Parameter?.Value, 'v101');

    await store.ssm.labelParameterVersion({ Name, ParameterVersion: 3, Labels: ['critical'] });
    assert.equal(await store.put(Name, 'v102'), 102);
    await refused(store.put(Name, 'v103'), 'ParameterMaxVersionLimitExceeded', /Version 3, the oldest/);
    await store.ssm.unlabelParameterVersion({ Name, ParameterVersion: 3, Labels: ['critical'] });
    assert.equal(await store.put(Name, 'v103'), 103);
    assert.equal((await history(Name)).items.length, 100);
  });
});
