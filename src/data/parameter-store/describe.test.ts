import { strict as assert } from 'node:assert';
import { after, before, describe, test } from 'node:test';
import type { DescribeParametersRequest } from '@aws-sdk/client-ssm';
import { allPages, openTestStore, refused, type TestStore } from './client-for-tests.ts';

describe('DescribeParameters', () => {
  let store: TestStore;
  before(async () => {
    store = await openTestStore();
    for (let index = 0; index < 23; index += 1) await store.put(`/many/p${String(index).padStart(2, '0')}`, 'v');
    await store.put('bare', 'v', { Overwrite: false, Description: 'told', Tags: [{ Key: 'team', Value: 'core' }] });
    await store.put('/large', 'x'.repeat(5_000), { Tier: 'Advanced' });
  });
  after(() => store.ringwall.stop());

  const names = async (input: DescribeParametersRequest) => {
    const { items, pages } = await allPages(async (NextToken) => {
      const page = await store.ssm.describeParameters({ ...input, NextToken });
      return { items: page.Parameters, next: page.NextToken };
    });
    return { names: items.map(({ Name }) => Name), pages };
  };

  test('shows what describes a parameter, never its value', async () => {
    const { Parameters } = await store.ssm.describeParameters({
      ParameterFilters: [{ Key: 'Name', Values: ['bare'] }],
    });
    const found = Parameters?.[0];
    assert.ok(found?.LastModifiedDate instanceof Date);
    assert.deepEqual(
      { ...found, LastModifiedDate: undefined },
      {
        Name: 'bare',
        ARN: store.arn('/bare'),
        Type: 'String',
        LastModifiedDate: undefined,
        LastModifiedUser: `arn:aws:iam::${store.ringwall.account}:root`,
        Description: 'told',
        Version: 1,
        Tier: 'Standard',
        Policies: [],
        DataType: 'text',
      },
    );
  });

  test('pages of ten, each parameter once, ordered by name', async () => {
    const all = await names({});
    assert.equal(all.pages, 3);
    assert.equal(all.names.length, 25);
    assert.deepEqual(all.names, [...all.names].sort());
    assert.deepEqual(await names({ MaxResults: 5 }), { names: all.names, pages: 5 });
    assert.deepEqual(await names({ MaxResults: 50 }), { names: all.names, pages: 1 });
  });

  test('a page goes on where the last one ended, whatever was deleted meanwhile', async () => {
    const filter = { ParameterFilters: [{ Key: 'Path', Values: ['/gone'] }], MaxResults: 2 };
    for (const name of ['/gone/a', '/gone/b', '/gone/c']) await store.put(name, 'v');
    const { NextToken } = await store.ssm.describeParameters(filter);
    await store.ssm.deleteParameter({ Name: '/gone/b' });
    const { Parameters } = await store.ssm.describeParameters({ ...filter, NextToken });
    assert.deepEqual(
      Parameters?.map(({ Name }) => Name),
      ['/gone/c'],
    );
    await store.ssm.deleteParameters({ Names: ['/gone/a', '/gone/c'] });
  });

  const filters: readonly (readonly [input: DescribeParametersRequest, expected: readonly string[] | number])[] = [
    [{ ParameterFilters: [{ Key: 'Name', Values: ['/bare', 'large', 'absent'] }] }, ['/large', 'bare']],
    [{ ParameterFilters: [{ Key: 'Name', Option: 'BeginsWith', Values: ['many'] }] }, 23],
    [{ ParameterFilters: [{ Key: 'Name', Option: 'Contains', Values: ['p07'] }] }, ['/many/p07']],
    [{ ParameterFilters: [{ Key: 'Tier', Values: ['Advanced'] }] }, ['/large']],
    [{ ParameterFilters: [{ Key: 'tag:team', Values: ['core'] }] }, ['bare']],
    [{ ParameterFilters: [{ Key: 'tag:team' }] }, ['bare']],
    [{ ParameterFilters: [{ Key: 'DataType', Values: ['text'] }] }, 25],
    [{ ParameterFilters: [{ Key: 'Path', Values: ['/'] }] }, ['/large', 'bare']],
    [{ ParameterFilters: [{ Key: 'Path', Option: 'Recursive', Values: ['/'] }] }, 25],
    [
      {
        ParameterFilters: [
          { Key: 'Path', Values: ['/many', '/'] },
          { Key: 'Tier', Values: ['Standard'] },
        ],
      },
      24,
    ],
    [{ Filters: [{ Key: 'Name', Values: ['/many/p0'] }] }, 10],
    [{ Filters: [{ Key: 'Type', Values: ['SecureString'] }] }, []],
    [{ Shared: true }, []],
  ];
  for (const [input, expected] of filters) {
    test(JSON.stringify(input), async () => {
      const found = (await names({ ...input, MaxResults: 1 })).names;
      if (typeof expected === 'number') assert.equal(found.length, expected);
      else assert.deepEqual(found, expected);
    });
  }

  const name = { Key: 'Name', Values: ['x'] } as const;
  const refusals: readonly (readonly [input: DescribeParametersRequest, code: string, message?: string | RegExp])[] = [
    [
      { Filters: [{ Key: 'Name', Values: ['x'] }], ParameterFilters: [{ Key: 'Name', Values: ['x'] }] },
      'ValidationException',
      'You can use either Filters or ParameterFilters in a single request.',
    ],
    [{ ParameterFilters: [{ Key: 'key' }] }, 'ValidationException', /Member must satisfy regular expression pattern/],
    [
      { ParameterFilters: [{ ...name, Values: Array(51).fill('x') }] },
      'ValidationException',
      /Member must have length less than or equal to 50/,
    ],
    [{ ParameterFilters: [{ Key: 'Label', Values: ['x'] }] }, 'InvalidFilterKey'],
    [{ ParameterFilters: [{ Key: 'Name' }] }, 'InvalidFilterValue'],
    [{ ParameterFilters: [{ Key: 'Name', Option: 'Near', Values: ['x'] }] }, 'InvalidFilterOption'],
    [{ NextToken: 'garbage' }, 'InvalidNextToken'],
    [{ MaxResults: 51 }, 'ValidationException'],
  ];
  for (const [input, code, message] of refusals) {
    test(`${JSON.stringify(input).slice(0, 90)}: ${code}`, () =>
      refused(store.ssm.describeParameters(input), code, message));
  }
});
