import { strict as assert } from 'node:assert';
import { describe, it } from 'node:test';
import { expiryOf, type PasswordRules, refusePassword } from './password-rules.ts';

const lax: PasswordRules = {
  MinimumPasswordLength: 6,
  RequireSymbols: false,
  RequireNumbers: false,
  RequireUppercaseCharacters: false,
  RequireLowercaseCharacters: false,
  AllowUsersToChangePassword: false,
  MaxPasswordAge: undefined,
  PasswordReusePrevention: undefined,
  HardExpiry: undefined,
};

describe('refusePassword', () => {
  const upper = 'Password should have at least one uppercase letter';
  const symbol = 'Password should have at least one symbol';
  const cases: readonly (readonly [
    password: string,
    rules: PasswordRules | undefined,
    expected: string | undefined,
  ])[] = [
    ['short', undefined, 'Password should have a minimum length of 8'],
    [
      'longenough',
      undefined,
      `Password should meet 2 more of the following requirements: ${upper}, Password should have at least one number, ${symbol}`,
    ],
    ['longenough1', undefined, `Password should meet 1 more of the following requirements: ${upper}, ${symbol}`],
    ['longenough1!', undefined, undefined],
    ['LongEnough1', undefined, undefined],
    ['sixsix', lax, undefined],
    ['five5', lax, 'Password should have a minimum length of 6'],
    ['sixsix', { ...lax, RequireSymbols: true }, symbol],
    ['six-six', { ...lax, RequireSymbols: true }, undefined],
    ['sixsix', { ...lax, RequireUppercaseCharacters: true, RequireSymbols: true }, upper],
    ['SIXSIX', { ...lax, RequireLowercaseCharacters: true }, 'Password should have at least one lowercase letter'],
    ['sixsix', { ...lax, RequireNumbers: true }, 'Password should have at least one number'],
  ];
  for (const [password, rules, expected] of cases) {
    it(`${password} under ${rules === undefined ? 'the default' : 'own'} rules: ${expected ?? 'taken'}`, () =>
      assert.equal(refusePassword(password, rules), expected));
  }
});

describe('expiryOf', () => {
  it('counts days from the last change', () => {
    assert.equal(expiryOf(1_000, undefined), undefined);
    assert.equal(expiryOf(1_000, lax), undefined);
    assert.equal(expiryOf(1_000, { ...lax, MaxPasswordAge: 2 }), 172_801_000);
  });
});
