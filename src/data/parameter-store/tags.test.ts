import { strict as assert } from 'node:assert';
import { after, before, describe, test } from 'node:test';
import { openTestStore, refused, type TestStore } from './client-for-tests.ts';

describe('tags of parameters', () => {
  let store: TestStore;
  const parameter = { ResourceType: 'Parameter', ResourceId: '/tagged' } as const;
  before(async () => {
    store = await openTestStore();
    await store.put('/tagged', 'v');
  });
  after(() => store.ringwall.stop());

  const add = (...tags: readonly (readonly [string, string])[]) =>
    store.ssm.addTagsToResource({ ...parameter, Tags: tags.map(([Key, Value]) => ({ Key, Value })) });
  const list = async () => {
    const { TagList } = await store.ssm.listTagsForResource(parameter);
    return Object.fromEntries((TagList ?? []).map(({ Key, Value }) => [Key, Value]));
  };

  test('are added, overwritten and removed', async () => {
    await add(['a', '1'], ['b', ''], ['__proto__', 'p']);
    await add(['a', '2']);
    assert.deepEqual(Object.entries(await list()), [
      ['a', '2'],
      ['b', ''],
      ['__proto__', 'p'],
    ]);
    await store.ssm.removeTagsFromResource({ ...parameter, TagKeys: ['b', 'absent', '__proto__'] });
    assert.deepEqual(await list(), { a: '2' });
    assert.equal(await store.put('/tagged', 'w'), 2);
    assert.deepEqual(await list(), { a: '2' });
  });

  test('fifty on a parameter', async () => {
    const fifty = Array.from({ length: 49 }, (_, index) => [`k${index}`, ''] as const);
    await add(...fifty);
    await refused(add(['one-more', '']), 'TooManyTagsError');
    await add(['k0', 'changed']);
    assert.equal(Object.keys(await list()).length, 50);
  });

  test('refuses keys that are reserved, doubled or malformed', async () => {
    await refused(add(['aws:x', '']), 'ValidationException', /reserved/);
    await refused(add(['AWS:x', '']), 'ValidationException', /reserved/);
    await refused(add(['d', '1'], ['d', '2']), 'ValidationException');
    await refused(add(['', '1']), 'ValidationException', /greater than or equal to 1/);
    await refused(add(['k', 'x'.repeat(257)]), 'ValidationException', /less than or equal to 256/);
    await refused(add(['k!', '']), 'ValidationException', /regular expression/);
  });

  test('only parameters carry tags here', async () => {
    for (const resource of [
      { ResourceType: 'Parameter', ResourceId: 'absent' },
      { ResourceType: 'Document', ResourceId: 'any' },
    ] as const) {
      await refused(store.ssm.listTagsForResource(resource), 'InvalidResourceId');
      await refused(store.ssm.removeTagsFromResource({ ...resource, TagKeys: ['k'] }), 'InvalidResourceId');
      await refused(
        store.ssm.addTagsToResource({ ...resource, Tags: [{ Key: 'k', Value: 'v' }] }),
        'InvalidResourceId',
      );
    }
    const ResourceType = 'foo' as 'Parameter';
    await refused(
      store.ssm.listTagsForResource({ ResourceType, ResourceId: 'x' }),
      'ValidationException',
      /enum value set/,
    );
  });
});
