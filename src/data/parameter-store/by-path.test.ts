import { strict as assert } from 'node:assert';
import { after, before, describe, test } from 'node:test';
import type { ParameterStringFilter } from '@aws-sdk/client-ssm';
import { allPages, openTestStore, refused, type TestStore } from './client-for-tests.ts';

describe('GetParametersByPath', () => {
  let store: TestStore;
  before(async () => {
    store = await openTestStore();
    for (const name of [
      '/foo/name1',
      '/foo/name2',
      '/bar/name3',
      '/bar/name3/name4',
      '/baz/name2',
      'foo',
      '/top',
      '/foobar/x',
    ]) {
      await store.put(name, name);
    }
    await store.put('/baz/list', 'a,b', { Type: 'StringList' });
    await store.put('/foo/name2', 'newer');
    await store.ssm.labelParameterVersion({ Name: '/foo/name2', ParameterVersion: 1, Labels: ['live', '__proto__'] });
    await store.ssm.labelParameterVersion({ Name: '/foo/name1', Labels: ['live'] });
  });
  after(() => store.ringwall.stop());

  const list = async (Path: string, Recursive = false, ParameterFilters?: ParameterStringFilter[]) => {
    const { items } = await allPages(async (NextToken) => {
      const page = await store.ssm.getParametersByPath({ Path, Recursive, ParameterFilters, NextToken, MaxResults: 3 });
      assert.ok((page.Parameters?.length ?? 0) <= 3);
      return { items: page.Parameters, next: page.NextToken };
    });
    return items;
  };
  const names = async (...args: Parameters<typeof list>) => (await list(...args)).map(({ Name }) => Name);

  const cases: readonly (readonly [path: string, recursive: boolean, expected: readonly string[]])[] = [
    ['/foo', false, ['/foo/name1', '/foo/name2']],
    ['/foo/', true, ['/foo/name1', '/foo/name2']],
    ['/bar', false, ['/bar/name3']],
    ['/bar', true, ['/bar/name3', '/bar/name3/name4']],
    ['/bar/name3', true, ['/bar/name3/name4']],
    ['/fo', true, []],
    ['/foo/name1', true, []],
    ['/aws/service', true, []],
    ['/', false, ['/top', 'foo']],
    [
      '/',
      true,
      [
        '/bar/name3',
        '/bar/name3/name4',
        '/baz/list',
        '/baz/name2',
        '/foo/name1',
        '/foo/name2',
        '/foobar/x',
        '/top',
        'foo',
      ],
    ],
  ];
  for (const [path, recursive, expected] of cases) {
    test(`${path}${recursive ? ', recursive' : ''}`, async () =>
      assert.deepEqual(await names(path, recursive), expected));
  }

  test('answers ten a page by default', async () => {
    const { Parameters, NextToken } = await store.ssm.getParametersByPath({ Path: '/', Recursive: true });
    assert.deepEqual([Parameters?.length, NextToken], [9, undefined]);
  });

  test('filters by type and by label; a label shows its version', async () => {
    assert.deepEqual(await names('/baz', false, [{ Key: 'Type', Values: ['StringList'] }]), ['/baz/list']);
    assert.deepEqual(await names('/baz', false, [{ Key: 'Type', Option: 'BeginsWith', Values: ['String'] }]), [
      '/baz/list',
      '/baz/name2',
    ]);
    assert.deepEqual(await names('/', true, [{ Key: 'KeyId', Values: ['alias/aws/ssm'] }]), []);
    const live = await list('/foo', false, [{ Key: 'Label', Values: ['live'] }]);
    assert.deepEqual(
      live.map(({ Name, Value, Version }) => [Name, Value, Version]),
      [
        ['/foo/name1', '/foo/name1', 1],
        ['/foo/name2', '/foo/name2', 1],
      ],
    );
    assert.deepEqual(await names('/foo', false, [{ Key: 'Label', Values: ['__proto__'] }]), ['/foo/name2']);
    assert.deepEqual(await names('/foo', false, [{ Key: 'Label', Values: ['constructor'] }]), []);
  });

  const refusals: readonly (readonly [input: Parameters<TestStore['ssm']['getParametersByPath']>[0], code: string])[] =
    [
      [{ Path: 'foo' }, 'ValidationException'],
      [{ Path: '//' }, 'ValidationException'],
      [{ Path: '/a b' }, 'ValidationException'],
      [{ Path: '/', MaxResults: 11 }, 'ValidationException'],
      [{ Path: '/', MaxResults: 0 }, 'ValidationException'],
      [{ Path: '/', NextToken: 'garbage' }, 'InvalidNextToken'],
      [{ Path: '/', ParameterFilters: [{ Key: 'Name', Values: ['x'] }] }, 'InvalidFilterKey'],
      [{ Path: '/', ParameterFilters: [{ Key: 'Label', Option: 'BeginsWith', Values: ['x'] }] }, 'InvalidFilterOption'],
      [{ Path: '/', ParameterFilters: [{ Key: 'Type', Values: ['x'] }] }, 'InvalidFilterValue'],
    ];
  for (const [input, code] of refusals) {
    test(`${JSON.stringify(input)}: ${code}`, () => refused(store.ssm.getParametersByPath(input), code));
  }
});
