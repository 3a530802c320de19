import { strict as assert } from 'node:assert';
import { after, before, describe, test } from 'node:test';
import type { PutParameterRequest } from '@aws-sdk/client-ssm';
import { openTestStore, refused, type TestStore } from './client-for-tests.ts';

describe('PutParameter', () => {
  let store: TestStore;
  before(async () => {
    store = await openTestStore();
  });
  after(() => store.ringwall.stop());

  const metadata = async (name: string) => {
    const { Parameters } = await store.ssm.describeParameters({ ParameterFilters: [{ Key: 'Name', Values: [name] }] });
    return Parameters?.[0];
  };

  test('creates version 1 in the standard tier, and answers both', async () => {
    const { Version, Tier } = await store.ssm.putParameter({ Name: '/put/new', Value: 'v', Type: 'String' });
    assert.deepEqual([Version, Tier], [1, 'Standard']);
  });

  test('an overwrite keeps what it does not name, but for the key', async () => {
    const Name = 'kept';
    const first = { Description: 'd', AllowedPattern: '[a-z]+', DataType: 'text' } as const;
    await store.ssm.putParameter({ Name, Value: 'a', Type: 'StringList', ...first, Tags: [{ Key: 'k', Value: 'v' }] });
    await store.ssm.putParameter({ Name, Value: 'b', Overwrite: true });
    const found = await metadata(Name);
    assert.deepEqual(
      [found?.Type, found?.Description, found?.AllowedPattern, found?.Version],
      ['StringList', 'd', '[a-z]+', 2],
    );
    assert.equal(found?.LastModifiedUser, `arn:aws:iam::${store.ringwall.account}:root`);
    const { TagList } = await store.ssm.listTagsForResource({ ResourceType: 'Parameter', ResourceId: Name });
    assert.deepEqual(TagList, [{ Key: 'k', Value: 'v' }]);
    await store.ssm.putParameter({ Name, Value: 'UPPER', AllowedPattern: '', Overwrite: true });
    assert.equal((await metadata(Name))?.AllowedPattern, undefined);
  });

  test('outer spaces of a name are dropped', async () => {
    await store.ssm.putParameter({ Name: '  spaced ', Value: 'v', Type: 'String' });
    assert.equal((await store.ssm.getParameter({ Name: 'spaced' })).Parameter?.Name, 'spaced');
  });

  test('overwrite creates what does not exist', async () => {
    assert.equal(await store.put('from-nothing', 'v'), 1);
  });

  const base = { Name: '/put/x', Value: 'v', Type: 'String' } as const;
  const cases: readonly (readonly [input: PutParameterRequest, code: string, message?: string | RegExp])[] = [
    [{ Name: 'n', Value: 'v' }, 'ValidationException', 'A parameter type is required when you create a parameter.'],
    [{ ...base, Value: '' }, 'ValidationException', /Member must have length greater than or equal to 1/],
    [
      { ...base, Value: '{{x}}' },
      'ValidationException',
      'Parameter value can\'t nest another parameter. Do not use "{{}}" in the value.',
    ],
    [{ ...base, Name: 'awsname' }, 'ValidationException', /"aws" or "ssm"/],
    [
      { ...base, Name: '/aws/service/x' },
      'AccessDeniedException',
      'No access to reserved parameter name: /aws/service/x.',
    ],
    [{ ...base, Name: '/l'.repeat(16) }, 'HierarchyLevelLimitExceededException'],
    [{ ...base, Name: '/x:1' }, 'ValidationException', /without ARN, version or label/],
    [{ ...base, Name: 'arn:aws:ssm:us-east-1:123456789012:parameter/x' }, 'ValidationException', /without ARN/],
    [{ ...base, Name: 'a'.repeat(2_049) }, 'ValidationException', /Member must have length less than or equal to 2048/],
    [{ ...base, Type: 'str' as 'String' }, 'ValidationException', /Member must satisfy enum value set/],
    [
      { ...base, DataType: 'Text' },
      'ValidationException',
      'The following data type is not supported: Text (Data type names are all lowercase.)',
    ],
    [{ ...base, Type: 'StringList', DataType: 'aws:ec2:image' }, 'ValidationException'],
    [{ ...base, KeyId: 'alias/x' }, 'ValidationException', 'KeyId is required for SecureString type parameter only.'],
    [
      { ...base, Overwrite: true, Tags: [{ Key: 'a', Value: 'b' }] },
      'ValidationException',
      /^Invalid request: tags and overwrite can't be used together/,
    ],
    [{ ...base, Tags: [{ Key: 'aws:x', Value: 'b' }] }, 'ValidationException'],
    [
      {
        ...base,
        Tags: [
          { Key: 'a', Value: 'b' },
          { Key: 'a', Value: 'c' },
        ],
      },
      'ValidationException',
    ],
    [{ ...base, Tags: Array.from({ length: 51 }, (_, i) => ({ Key: `k${i}`, Value: '' })) }, 'TooManyTagsError'],
    [{ ...base, AllowedPattern: '[' }, 'InvalidAllowedPatternException'],
    [
      { ...base, AllowedPattern: '\\d{1,4}', Value: '10,000' },
      'ParameterPatternMismatchException',
      'Parameter value, cannot be validated against allowedPattern: \\d{1,4}',
    ],
    [{ ...base, AllowedPattern: '(a+)+b', Value: 'a'.repeat(4_096) }, 'ParameterPatternMismatchException'],
    [
      { ...base, Value: 'x'.repeat(4_097) },
      'ValidationException',
      /^Standard tier parameters support a maximum parameter value of 4096 characters\./,
    ],
    [
      { ...base, Tier: 'Advanced', Value: 'x'.repeat(8_193) },
      'ValidationException',
      /^Advanced tier parameters support a maximum parameter value of 8192/,
    ],
    // The limit counts bytes: 2,049 characters of two bytes.
    [{ ...base, Value: 'ä'.repeat(2_049) }, 'ValidationException', /^Standard tier/],
    [{ ...base, Value: 'x'.repeat(1_000_000), AllowedPattern: '(x+)+y' }, 'ValidationException', /^Standard tier/],
    [{ ...base, Policies: 'no json' }, 'ValidationException', 'Invalid policies input: no json.'],
    [{ ...base, Policies: '[{"Type":"Other","Version":"1.0"}]' }, 'InvalidPolicyTypeException'],
    [
      {
        ...base,
        Policies: '[{"Type":"NoChangeNotification","Version":"1.0","Attributes":{"After":"1","Unit":"Days"}}]',
      },
      'ValidationException',
      /advanced-parameter tier/,
    ],
  ];
  for (const [input, code, message] of cases) {
    test(`${JSON.stringify({ ...input, Value: input.Value?.slice(0, 20) }).slice(0, 110)}: ${code}`, async () => {
      await refused(store.ssm.putParameter(input), code, message);
      await refused(store.ssm.getParameter({ Name: base.Name }), 'ParameterNotFound');
    });
  }

  test('an existing parameter needs overwrite, and keeps its type', async () => {
    const Name = '/put/typed';
    await store.put(Name, 'v');
    await refused(
      store.ssm.putParameter({ Name, Value: 'w', Type: 'String' }),
      'ParameterAlreadyExists',
      'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
    );
    await refused(store.ssm.putParameter({ Name, Value: 'w', Type: 'StringList' }), 'ParameterAlreadyExists');
    await refused(
      store.ssm.putParameter({ Name, Value: 'w', Type: 'StringList', Overwrite: true }),
      'HierarchyTypeMismatchException',
    );
    assert.equal((await store.ssm.getParameter({ Name })).Parameter?.Value, 'v');
  });

  test('x and /x are one name; /y/x is another', async () => {
    await store.put('one', 'v');
    await store.put('/two', 'v');
    for (const Overwrite of [true, false]) {
      for (const Name of ['/one', 'two']) {
        await refused(
          store.ssm.putParameter({ Name, Value: 'w', Type: 'String', Overwrite }),
          'ParameterAlreadyExists',
        );
      }
    }
    assert.equal(await store.put('/y/one', 'v'), 1);
    await store.ssm.deleteParameter({ Name: 'one' });
    assert.equal(await store.put('/one', 'v'), 1);
  });

  test('a pattern is kept, and checked on every overwrite', async () => {
    const Name = '/put/pattern';
    await store.ssm.putParameter({ Name, Value: '12', Type: 'String', AllowedPattern: '\\d+' });
    await refused(store.ssm.putParameter({ Name, Value: 'x', Overwrite: true }), 'ParameterPatternMismatchException');
    assert.equal(
      (await store.ssm.putParameter({ Name, Value: 'x', AllowedPattern: '[a-z]', Overwrite: true })).Version,
      2,
    );
  });

  test('fifty overwrites at once give the versions 2 to 51, none lost', async () => {
    const Name = '/put/contended';
    await store.put(Name, 'v0');
    const values = Array.from({ length: 50 }, (_, index) => `v${index + 1}`);
    const numbers = await Promise.all(values.map((value) => store.put(Name, value)));
    assert.deepEqual(
      [...numbers].sort((a = 0, b = 0) => a - b),
      Array.from({ length: 50 }, (_, index) => index + 2),
    );
    const { Parameters: first, NextToken } = await store.ssm.getParameterHistory({ Name });
    const { Parameters: rest } = await store.ssm.getParameterHistory({ Name, NextToken });
    const history = [...(first ?? []), ...(rest ?? [])];
    assert.equal(history.length, 51);
    for (const [index, value] of values.entries()) {
      assert.equal(history.find(({ Version }) => Version === numbers[index])?.Value, value);
    }
  });

  test('of two creations at once one wins', async () => {
    const attempts = await Promise.allSettled(
      Array.from({ length: 10 }, (_, i) =>
        store.ssm.putParameter({ Name: i % 2 === 0 ? 'raced' : '/raced', Value: String(i), Type: 'String' }),
      ),
    );
    assert.equal(attempts.filter(({ status }) => status === 'fulfilled').length, 1);
  });

  test('changes are announced', async () => {
    await store.events();
    await store.put('/event', 'v', { Description: 'told' });
    await store.put('/event', 'w');
    await store.ssm.labelParameterVersion({ Name: '/event', Labels: ['l'] });
    await store.ssm.deleteParameter({ Name: '/event' });
    const told = await store.events();
    const detail = { name: '/event', type: 'String', description: 'told' };
    assert.deepEqual(
      told,
      ['Create', 'Update', 'LabelParameterVersion', 'Delete'].map((operation) => ({
        type: 'Parameter Store Change',
        resources: [store.arn('/event')],
        detail: { operation, ...detail },
      })),
    );
  });
});
