import { strict as assert } from 'node:assert';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parameterArn, parseReference, refuseMalformed, refuseName, twinOf } from './names.ts';

const arnOf = (name: string) => parameterArn('111122223333', 'us-east-2', name);
const levels = (count: number) => '/l'.repeat(count);

describe('names that a parameter may have', () => {
  const accepted = [
    'a',
    'A.b-c_9',
    '/a',
    '/Dev/Production/East/Project-ABC/MyParameter',
    '/a/aws/ssm',
    'my-aws',
    levels(15),
  ];
  for (const name of accepted) {
    test(name, () => assert.equal(refuseName(name, arnOf(name)), undefined));
  }

  const refused: readonly (readonly [name: string, code: string, text: RegExp])[] = [
    ['', 'ValidationException', /"ssm"/],
    ['/', 'ValidationException', /"ssm"/],
    ['/a/', 'ValidationException', /"ssm"/],
    ['//a', 'ValidationException', /"ssm"/],
    ['/a//b', 'ValidationException', /"ssm"/],
    ['a b', 'ValidationException', /"ssm"/],
    ['/myPrefix/support@gmail.com', 'ValidationException', /"ssm"/],
    ['/ä', 'ValidationException', /"ssm"/],
    ['a\n', 'ValidationException', /"ssm"/],
    ['MyParameter3/L1', 'ValidationException', /^Parameter name must be a fully qualified name\.$/],
    ['awsTestParameter', 'ValidationException', /"aws" or "ssm" \(case-insensitive\)\.$/],
    ['SSM-testparameter', 'ValidationException', /"aws" or "ssm" \(case-insensitive\)\.$/],
    ['/aws', 'ValidationException', /"aws" or "ssm" \(case-insensitive\)\.$/],
    ['/aws/testparam1', 'AccessDeniedException', /^No access to reserved parameter name: \/aws\/testparam1\.$/],
    ['/AWS_x/y', 'AccessDeniedException', /^No access to reserved parameter name: \/AWS_x\/y\.$/],
    ['/ssm_test/path', 'ValidationException', /"ssm" \(case-insensitive\)\. If formed as a path/],
    [levels(16), 'HierarchyLevelLimitExceededException', /deeper than 15 levels/],
    ['x'.repeat(967), 'ValidationException', /at most 1011 characters, found 1012/],
  ];
  for (const [name, code, text] of refused) {
    test(`${JSON.stringify(name.slice(0, 40))} (${name.length}): ${code}`, () => {
      const refusal = refuseName(name, arnOf(name));
      assert.equal(refusal?.code, code);
      assert.match(refusal?.message ?? '', text);
    });
  }

  test('the longest name fills an ARN of 1,011 characters', () => {
    const name = 'x'.repeat(966);
    assert.equal(arnOf(name).length, 1_011);
    assert.equal(refuseName(name, arnOf(name)), undefined);
  });

  test('reserved names can be asked for, malformed ones cannot', () => {
    assert.equal(refuseMalformed('/aws/service/x'), undefined);
    assert.equal(refuseMalformed('a/b')?.code, 'ValidationException');
  });
});

describe('references', () => {
  const segment = fc.stringMatching(/^[A-Za-z0-9_.-]{1,12}$/);
  const name = fc.oneof(
    segment,
    fc.array(segment, { minLength: 1, maxLength: 6 }).map((parts) => `/${parts.join('/')}`),
  );
  const selector = fc.option(fc.stringMatching(/^:[A-Za-z0-9_.-]{1,12}$/), { nil: undefined });

  test('a name and its selector come apart', () => {
    fc.assert(
      fc.property(name, selector, (given, chosen) => {
        const read = parseReference(` ${given}${chosen ?? ''} `);
        assert.deepEqual(read, { account: undefined, region: undefined, name: given, selector: chosen });
      }),
    );
  });

  test('an ARN leads to the name or to its twin', () => {
    fc.assert(
      fc.property(name, selector, (given, chosen) => {
        const read = parseReference(`${arnOf(given)}${chosen ?? ''}`);
        assert.deepEqual([read.account, read.region, read.selector], ['111122223333', 'us-east-2', chosen]);
        assert.ok(read.name === given || twinOf(read.name) === given, `${read.name} for ${given}`);
      }),
    );
  });

  test('twins have one ARN, and are twins of each other', () => {
    fc.assert(
      fc.property(name, (given) => {
        const twin = twinOf(given);
        if (twin === undefined) return;
        assert.equal(arnOf(twin), arnOf(given));
        assert.equal(twinOf(twin), given);
      }),
    );
  });
});
