import { strict as assert } from 'node:assert';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Filterable, isBelow, parseFilters, passes } from './filters.ts';

const secret: Filterable = {
  name: '/app/db',
  type: 'SecureString',
  keyId: 'alias/aws/ssm',
  tier: 'Advanced',
  dataType: 'text',
  labels: ['prod'],
  tags: { team: 'core' },
};
const bare: Filterable = {
  name: 'plain',
  type: 'String',
  keyId: undefined,
  tier: 'Standard',
  dataType: 'aws:ec2:image',
  labels: [],
  tags: {},
};

type Case = readonly [
  key: string,
  option: string | undefined,
  values: readonly string[] | undefined,
  secret: boolean,
  bare: boolean,
];

const describeCases: readonly Case[] = [
  ['Name', undefined, ['/app/db'], true, false],
  ['Name', undefined, ['app/db'], true, false],
  ['Name', 'Equals', ['/plain'], false, true],
  ['Name', 'Equals', ['plain', '/app/db'], true, true],
  ['Name', 'Equals', ['pla'], false, false],
  ['Name', 'BeginsWith', ['pla'], false, true],
  ['Name', 'BeginsWith', ['/'], true, true],
  ['Name', 'Contains', ['p'], true, true],
  ['Name', 'Contains', ['/pl'], false, true],
  ['Name', 'Contains', ['db'], true, false],
  ['Type', undefined, ['String'], false, true],
  ['Type', 'BeginsWith', ['S'], true, true],
  ['KeyId', 'Equals', ['alias/aws/ssm'], true, false],
  ['KeyId', 'BeginsWith', ['alias/'], true, false],
  ['Tier', 'Equals', ['Advanced'], true, false],
  ['Tier', 'BeginsWith', ['Sta'], false, true],
  ['DataType', 'Equals', ['text'], true, false],
  ['DataType', 'BeginsWith', ['aws:'], false, true],
  ['tag:team', 'Equals', ['core', 'other'], true, false],
  ['tag:team', 'BeginsWith', ['co'], true, false],
  ['tag:team', undefined, undefined, true, false],
  ['tag:constructor', undefined, undefined, false, false],
  ['Path', undefined, ['/app'], true, false],
  ['Path', 'OneLevel', ['/'], false, true],
  ['Path', 'Recursive', ['/'], true, true],
  ['Path', 'Recursive', ['/app/'], true, false],
  ['Path', 'Recursive', ['/ap'], false, false],
];

describe('filters of DescribeParameters', () => {
  for (const [Key, Option, Values, first, second] of describeCases) {
    test(`${Key} ${Option ?? '(default)'} ${Values ?? '(none)'}`, () => {
      const parsed = parseFilters([{ Key, Option, Values }], 'describe');
      assert.ok('filters' in parsed);
      assert.deepEqual([passes(secret, parsed.filters), passes(bare, parsed.filters)], [first, second]);
    });
  }

  test('every filter has to pass', () => {
    const parsed = parseFilters(
      [
        { Key: 'Type', Values: ['SecureString'] },
        { Key: 'tag:team', Values: ['other'] },
      ],
      'describe',
    );
    assert.ok('filters' in parsed);
    assert.equal(passes(secret, parsed.filters), false);
  });
});

describe('filters that are refused', () => {
  const name = { Key: 'Name', Values: ['x'] };
  const refused: readonly (readonly [
    use: 'describe' | 'by-path',
    filters: Parameters<typeof parseFilters>[0],
    code: string,
    text: string,
  ])[] = [
    [
      'describe',
      [{ Key: 'Label', Values: ['x'] }],
      'InvalidFilterKey',
      'The following filter key is not valid: Label. Valid filter keys include: [Path, Name, Type, KeyId, Tier]',
    ],
    [
      'by-path',
      [name],
      'InvalidFilterKey',
      'The following filter key is not valid: Name. Valid filter keys include: [Type, KeyId].',
    ],
    [
      'by-path',
      [{ Key: 'tag:x', Values: ['x'] }],
      'InvalidFilterKey',
      'The following filter key is not valid: tag:x. Valid filter keys include: [Type, KeyId].',
    ],
    [
      'describe',
      [{ Key: 'Name' }],
      'InvalidFilterValue',
      'The following filter values are missing : null for filter key Name',
    ],
    [
      'describe',
      [name, name],
      'InvalidFilterKey',
      'The following filter is duplicated in the request: Name. A request can contain only one occurrence of a specific filter.',
    ],
    [
      'describe',
      [{ Key: 'Path', Option: 'Equals', Values: ['/'] }],
      'InvalidFilterOption',
      'The following filter option is not valid: Equals. Valid options include: [Recursive, OneLevel]',
    ],
    [
      'describe',
      [{ ...name, Option: 'option' }],
      'InvalidFilterOption',
      'The following filter option is not valid: option. Valid options include: [BeginsWith, Equals].',
    ],
    [
      'describe',
      [{ Key: 'Type', Option: 'Contains', Values: ['S'] }],
      'InvalidFilterOption',
      'The following filter option is not valid: Contains. Valid options include: [BeginsWith, Equals].',
    ],
    [
      'by-path',
      [{ Key: 'Label', Option: 'BeginsWith', Values: ['x'] }],
      'InvalidFilterOption',
      'The following filter option is not valid: BeginsWith. Valid options include: [Equals].',
    ],
    [
      'describe',
      [{ Key: 'Tier', Values: ['test'] }],
      'InvalidFilterValue',
      'The following filter value is not valid: test. Valid values include: [Standard, Advanced, Intelligent-Tiering]',
    ],
    [
      'by-path',
      [{ Key: 'Type', Values: ['test'] }],
      'InvalidFilterValue',
      'The following filter value is not valid: test. Valid values include: [String, StringList, SecureString]',
    ],
    [
      'describe',
      [{ Key: 'Path', Values: ['/aws', '/ssm'] }],
      'ValidationException',
      'Filters for common parameters can\'t be prefixed with "aws" or "ssm" (case-insensitive).',
    ],
  ];
  for (const [use, filters, code, message] of refused) {
    test(message, () => assert.deepEqual(parseFilters(filters, use), { refusal: { code, message } }));
  }
  for (const path of ['/###', '//', 'test', '/a//b', '']) {
    test(`path ${path}`, () => {
      const parsed = parseFilters([{ Key: 'Path', Values: [path] }], 'describe');
      assert.match('refusal' in parsed ? parsed.refusal.message : '', /^The parameter doesn't meet the parameter name/);
    });
  }
});

test('what is below a path one level deep is below it at any depth, and below the root', () => {
  const segment = fc.constantFrom('a', 'b', 'ab', 'a.b');
  const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => `/${parts.join('/')}`);
  fc.assert(
    fc.property(path, path, (name, base) => {
      const depth = name.split('/').length - base.split('/').length;
      const inside = name.startsWith(`${base}/`);
      assert.equal(isBelow(name, base, true), inside);
      assert.equal(isBelow(name, base, false), inside && depth === 1);
      assert.equal(isBelow(name, `${base}/`, true), inside);
      assert.ok(isBelow(name, '/', true));
    }),
  );
});
