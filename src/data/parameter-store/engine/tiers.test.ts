import { strict as assert } from 'node:assert';
import { describe, test } from 'node:test';
import { chooseTier, type RequestedTier, refuseFurther, requestedTier, type Tier } from './tiers.ts';

type Case = {
  readonly is: string;
  readonly requested: RequestedTier;
  readonly current?: Tier;
  readonly bytes?: number;
  readonly policies?: true;
  readonly full?: true;
  readonly expect: Tier | RegExp;
};

const cases: readonly Case[] = [
  { is: 'the largest standard value', requested: 'Standard', bytes: 4_096, expect: 'Standard' },
  { is: 'a byte more', requested: 'Standard', bytes: 4_097, expect: /^Standard tier .* 4096 characters\. To create/ },
  { is: 'the largest advanced value', requested: 'Advanced', bytes: 8_192, expect: 'Advanced' },
  { is: 'a byte more', requested: 'Advanced', bytes: 8_193, expect: /^Advanced tier .* 8192 characters\.$/ },
  { is: 'an upgrade', requested: 'Advanced', current: 'Standard', expect: 'Advanced' },
  { is: 'a downgrade', requested: 'Standard', current: 'Advanced', expect: /can't downgrade/ },
  { is: 'policies on a standard parameter', requested: 'Standard', policies: true, expect: /advanced-parameter tier/ },
  { is: 'policies on an advanced parameter', requested: 'Advanced', policies: true, expect: 'Advanced' },
  { is: 'automatic, small', requested: 'Intelligent-Tiering', expect: 'Standard' },
  { is: 'automatic, large', requested: 'Intelligent-Tiering', bytes: 4_097, expect: 'Advanced' },
  { is: 'automatic, too large', requested: 'Intelligent-Tiering', bytes: 8_193, expect: /^Advanced tier/ },
  { is: 'automatic, policies', requested: 'Intelligent-Tiering', policies: true, expect: 'Advanced' },
  { is: 'automatic, no room', requested: 'Intelligent-Tiering', full: true, expect: 'Advanced' },
  { is: 'automatic, advanced before', requested: 'Intelligent-Tiering', current: 'Advanced', expect: 'Advanced' },
];

describe('the tier of a parameter', () => {
  for (const { is, requested, current, bytes = 10, policies = false, full = false, expect } of cases) {
    test(`${is}: ${requested} on ${current ?? 'a new one'}`, () => {
      const needs = { valueBytes: bytes, hasPolicies: policies, standardFull: full };
      const chosen = chooseTier(requested, needs, current);
      if (typeof expect === 'string') assert.deepEqual(chosen, { tier: expect });
      else assert.match('refusal' in chosen ? chosen.refusal.message : '', expect);
    });
  }

  const meant: readonly (readonly [
    given: RequestedTier | undefined,
    current: Tier | undefined,
    RequestedTier,
    RequestedTier,
  ])[] = [
    [undefined, undefined, 'Standard', 'Standard'],
    [undefined, undefined, 'Intelligent-Tiering', 'Intelligent-Tiering'],
    [undefined, 'Standard', 'Advanced', 'Advanced'],
    [undefined, 'Advanced', 'Standard', 'Advanced'],
    ['Standard', 'Advanced', 'Advanced', 'Standard'],
    ['Advanced', undefined, 'Standard', 'Advanced'],
  ];
  for (const [given, current, fallback, expected] of meant) {
    test(`${given ?? 'no tier'} on ${current ?? 'a new one'}, default ${fallback}: ${expected}`, () => {
      assert.equal(requestedTier(given, current, fallback), expected);
    });
  }

  test('tiers are full at 10,000 and 100,000', () => {
    assert.equal(refuseFurther('Standard', 9_999), undefined);
    assert.deepEqual(refuseFurther('Standard', 10_000), {
      code: 'ParameterLimitExceeded',
      message:
        'You have reached the maximum number of standard parameters for this AWS account and Region (10000). To add more parameters, either delete existing parameters or upgrade to the advanced-parameter tier (charges apply).',
    });
    assert.equal(refuseFurther('Advanced', 99_999), undefined);
    assert.equal(refuseFurther('Advanced', 100_000)?.code, 'ParameterLimitExceeded');
  });
});
