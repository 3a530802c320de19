import { strict as assert } from 'node:assert';
import { after, before, describe, test } from 'node:test';
import { openTestStore, refused, type TestStore } from './client-for-tests.ts';

describe('labels of versions', () => {
  let store: TestStore;
  const Name = '/labelled';
  before(async () => {
    store = await openTestStore();
    for (const value of ['v1', 'v2', 'v3']) await store.put(Name, value);
  });
  after(() => store.ringwall.stop());

  const label = (ParameterVersion: number | undefined, ...Labels: string[]) =>
    store.ssm.labelParameterVersion({ Name, Labels, ...(ParameterVersion === undefined ? {} : { ParameterVersion }) });
  const unlabel = (ParameterVersion: number, ...Labels: string[]) =>
    store.ssm.unlabelParameterVersion({ Name, ParameterVersion, Labels });
  const labels = async () => {
    const { Parameters } = await store.ssm.getParameterHistory({ Name });
    return Parameters?.map((version) => version.Labels);
  };

  test('attach to a version, to the latest, move and leave', async () => {
    const first = await label(1, 'prod', 'test');
    assert.deepEqual([first.InvalidLabels, first.ParameterVersion], [[], 1]);
    assert.equal((await label(undefined, 'latest')).ParameterVersion, 3);
    assert.deepEqual(await labels(), [['prod', 'test'], [], ['latest']]);
    await label(2, 'prod');
    assert.deepEqual(await labels(), [['test'], ['prod'], ['latest']]);
    assert.equal((await store.ssm.getParameter({ Name: `${Name}:prod` })).Parameter?.Value, 'v2');
    const gone = await unlabel(2, 'prod', 'test', 'never');
    assert.deepEqual([gone.RemovedLabels, gone.InvalidLabels], [['prod'], ['test', 'never']]);
    assert.deepEqual(await labels(), [['test'], [], ['latest']]);
    await unlabel(1, 'test');
    await unlabel(3, 'latest');
  });

  test('what is no label is named, the others are attached', async () => {
    const answered = await label(1, 'awsabc', 'fine', 'SSMabc', '9abc', 'abc/123');
    assert.deepEqual(answered.InvalidLabels, ['awsabc', 'SSMabc', '9abc', 'abc/123']);
    assert.deepEqual((await labels())?.[0], ['fine']);
    await unlabel(1, 'fine');
    await refused(label(1, 'a'.repeat(101)), 'ValidationException', /less than or equal to 100/);
    await refused(label(1), 'ValidationException', /length greater than or equal to 1/);
  });

  test('ten on a version, in one call or in several', async () => {
    const ten = Array.from({ length: 10 }, (_, index) => `l${index}`);
    await label(1, ...ten.slice(0, 5));
    await refused(
      label(1, ...ten.slice(4), 'more'),
      'ParameterVersionLabelLimitExceeded',
      /^A parameter version can have maximum 10 labels/,
    );
    assert.equal((await labels())?.[0]?.length, 5);
    await label(1, ...ten);
    await refused(label(1, 'more'), 'ParameterVersionLabelLimitExceeded');
    await label(2, 'l9');
    await label(1, 'more');
    assert.deepEqual(
      (await labels())?.map((of) => of?.length),
      [10, 1, 0],
    );
    await refused(
      label(2, ...Array.from({ length: 11 }, (_, i) => `m${i}`)),
      'ValidationException',
      /less than or equal to 10/,
    );
  });

  test('refuses parameters and versions that are not there', async () => {
    await refused(
      label(4, 'x'),
      'ParameterVersionNotFound',
      'Systems Manager could not find version 4 of /labelled. Verify the version and try again.',
    );
    await refused(unlabel(4, 'x'), 'ParameterVersionNotFound');
    await refused(store.ssm.labelParameterVersion({ Name: 'absent', Labels: ['x'] }), 'ParameterNotFound');
    await refused(
      store.ssm.unlabelParameterVersion({ Name: 'absent', ParameterVersion: 1, Labels: ['x'] }),
      'ParameterNotFound',
    );
    await refused(store.ssm.labelParameterVersion({ Name: `${Name}:1`, Labels: ['x'] }), 'ValidationException');
    await refused(store.ssm.labelParameterVersion({ Name: store.arn(Name), Labels: ['x'] }), 'ValidationException');
  });
});
