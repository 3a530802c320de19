import { strict as assert } from 'node:assert';
import { after, before, describe, test } from 'node:test';
import { allow, openTestStore, refused, type TestStore } from './client-for-tests.ts';

describe('parameters of data type aws:ec2:image', () => {
  let store: TestStore;
  before(async () => {
    store = await openTestStore();
  });
  after(() => store.ringwall.stop());

  const DataType = 'aws:ec2:image';
  const image = 'ami-0123456789abcdef0';
  const validated = () => store.ringwall.advance(0);

  test('are answered first, validated then', async () => {
    const Name = '/ami/golden';
    await store.events();
    const { Version } = await store.ssm.putParameter({
      Name,
      Value: image,
      Type: 'String',
      DataType,
      Tags: [{ Key: 'k', Value: 'v' }],
    });
    assert.equal(Version, 1);
    await validated();
    const { Parameter } = await store.ssm.getParameter({ Name });
    assert.deepEqual([Parameter?.Value, Parameter?.Version, Parameter?.DataType], [image, 1, DataType]);
    const { TagList } = await store.ssm.listTagsForResource({ ResourceType: 'Parameter', ResourceId: Name });
    assert.deepEqual(TagList, [{ Key: 'k', Value: 'v' }]);
    assert.deepEqual(
      (await store.events()).map(({ detail }) => detail),
      [{ operation: 'Create', name: Name, type: 'String' }],
    );
  });

  test('an invalid id makes no version, and an event says why', async () => {
    const Name = '/ami/invalid';
    await store.put(Name, 'ami-12345678', { DataType });
    await validated();
    await store.events();
    for (const value of ['ami-123', 'ami-0123456789ABCDEF0', 'i-0123456789abcdef0']) {
      assert.equal(await store.put(Name, value), 2);
    }
    await validated();
    const told = await store.events();
    assert.deepEqual(told[0], {
      type: 'Parameter Store Change',
      resources: [store.arn(Name)],
      detail: {
        exception: 'Invalid image id format',
        dataType: DataType,
        name: Name,
        type: 'String',
        operation: 'Update',
      },
    });
    assert.equal(told.length, 3);
    assert.equal((await store.ssm.getParameter({ Name })).Parameter?.Version, 1);
  });

  test('writes that overtake each other all become versions', async () => {
    const Name = '/ami/many';
    const values = ['ami-00000001', 'ami-00000002', 'ami-00000003'];
    await Promise.all(values.map((value) => store.put(Name, value, { DataType })));
    await validated();
    const { Parameters } = await store.ssm.getParameterHistory({ Name });
    assert.deepEqual(Parameters?.map(({ Value }) => Value).sort(), values);
  });

  test('a caller who may not describe images gets the answer, not the parameter', async () => {
    const Name = '/ami/denied';
    const user = await store.user([allow('ssm:PutParameter', '*')]);
    await store.events();
    assert.equal((await user.putParameter({ Name, Value: image, Type: 'String', DataType })).Version, 1);
    await validated();
    await refused(store.ssm.getParameter({ Name }), 'ParameterNotFound');
    const [told] = await store.events();
    assert.deepEqual([told?.detail['exception'], told?.detail['operation']], ['Unable to Describe Resource', 'Create']);

    const able = await store.user([allow(['ssm:PutParameter', 'ec2:DescribeImages'], '*')]);
    await able.putParameter({ Name, Value: image, Type: 'String', DataType });
    await validated();
    assert.equal((await store.ssm.getParameter({ Name })).Parameter?.Value, image);
  });

  test('a parameter made meanwhile is not overwritten without leave', async () => {
    const Name = '/ami/raced';
    await Promise.all([
      store.ssm.putParameter({ Name, Value: 'ami-00000001', Type: 'String', DataType }),
      store.ssm.putParameter({ Name, Value: 'ami-00000002', Type: 'String', DataType }),
    ]);
    await validated();
    const { Parameters } = await store.ssm.getParameterHistory({ Name });
    assert.equal(Parameters?.length, 1);
  });
});
