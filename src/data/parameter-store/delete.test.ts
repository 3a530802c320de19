import { strict as assert } from 'node:assert';
import { after, before, describe, test } from 'node:test';
import { openTestStore, refused, type TestStore } from './client-for-tests.ts';

describe('deleting parameters', () => {
  let store: TestStore;
  before(async () => {
    store = await openTestStore();
  });
  after(() => store.ringwall.stop());

  test('DeleteParameter takes one, with its labels and tags', async () => {
    const Name = '/d/one';
    await store.ssm.putParameter({ Name, Value: 'v', Type: 'String', Tags: [{ Key: 'k', Value: 'v' }] });
    await store.ssm.labelParameterVersion({ Name, Labels: ['l'] });
    await store.ssm.deleteParameter({ Name });
    await refused(store.ssm.getParameter({ Name }), 'ParameterNotFound');
    await refused(store.ssm.deleteParameter({ Name }), 'ParameterNotFound');
    await refused(store.ssm.listTagsForResource({ ResourceType: 'Parameter', ResourceId: Name }), 'InvalidResourceId');
    await store.put(Name, 'again');
    await refused(store.ssm.getParameter({ Name: `${Name}:l` }), 'ParameterVersionNotFound');
  });

  test('DeleteParameters says which were there; a doubled name counts once', async () => {
    await store.put('/d/a', 'v');
    await store.put('/d/b', 'v');
    const Names = ['/d/b', 'absent', '/d/a', '/d/a'];
    const { DeletedParameters, InvalidParameters } = await store.ssm.deleteParameters({ Names });
    assert.deepEqual([DeletedParameters, InvalidParameters], [['/d/b', '/d/a'], ['absent']]);
  });

  test('a version or an ARN is no name to delete', async () => {
    await store.put('/d/kept', 'v');
    for (const Name of ['/d/kept:1', store.arn('/d/kept')]) {
      await refused(store.ssm.deleteParameter({ Name }), 'ValidationException');
      await refused(store.ssm.deleteParameters({ Names: [Name] }), 'ValidationException');
    }
    await refused(
      store.ssm.deleteParameters({ Names: [...'abcdefghijk'] }),
      'ValidationException',
      /less than or equal to 10/,
    );
    assert.equal((await store.ssm.getParameter({ Name: '/d/kept' })).Parameter?.Value, 'v');
  });
});
