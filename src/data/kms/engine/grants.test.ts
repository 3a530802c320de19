import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { checkGrant, childIsBounded, type GrantFacts } from './grants.ts';
import { specFacts } from './key-specs.ts';

const alice = 'arn:aws:iam::111122223333:role/alice';
const grant: GrantFacts = {
  granteePrincipal: alice,
  retiringPrincipal: 'arn:r',
  operations: ['Decrypt', 'DescribeKey', 'CreateGrant'],
};
const subset = { ...grant, constraints: { encryptionContextSubset: { dept: 'it' } } };
const equals = { ...grant, constraints: { encryptionContextEquals: { dept: 'it' } } };

const children: readonly (readonly [string, GrantFacts, Partial<GrantFacts>, boolean])[] = [
  ['fewer operations', grant, { operations: ['Decrypt'] }, true],
  ['more operations', grant, { operations: ['Decrypt', 'Encrypt'] }, false],
  ['constraint dropped', subset, { constraints: undefined }, false],
  ['subset widened by pairs', subset, { constraints: { encryptionContextSubset: { dept: 'it', a: 'b' } } }, true],
  ['subset made equal', subset, { constraints: { encryptionContextEquals: { dept: 'it', a: 'b' } } }, true],
  ['subset of other pairs', subset, { constraints: { encryptionContextSubset: { a: 'b' } } }, false],
  ['equals kept', equals, { constraints: { encryptionContextEquals: { dept: 'it' } } }, true],
  ['equals made subset', equals, { constraints: { encryptionContextSubset: { dept: 'it' } } }, false],
];

for (const [name, parent, change, bounded] of children) {
  test(`child grant: ${name}`, () => assert.equal(childIsBounded(parent, { ...parent, ...change }), bounded));
}

test('what a key can carry', () => {
  const symmetric = specFacts('SYMMETRIC_DEFAULT');
  assert.equal(checkGrant(subset, symmetric, 'ENCRYPT_DECRYPT'), undefined);
  assert.ok(checkGrant({ ...grant, operations: ['Sign'] }, symmetric, 'ENCRYPT_DECRYPT'));
  assert.ok(checkGrant({ ...grant, operations: [] }, symmetric, 'ENCRYPT_DECRYPT'));
  const rsa = specFacts('RSA_2048');
  assert.equal(checkGrant({ ...grant, operations: ['Sign', 'Verify'] }, rsa, 'SIGN_VERIFY'), undefined);
  assert.ok(checkGrant({ ...grant, operations: ['Sign'] }, rsa, 'ENCRYPT_DECRYPT'));
  assert.ok(
    checkGrant({ ...subset, operations: ['Decrypt'] }, rsa, 'ENCRYPT_DECRYPT'),
    'constraints need a symmetric key',
  );
  const nine = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`k${i}`, 'v']));
  assert.ok(checkGrant({ ...grant, constraints: { encryptionContextSubset: nine } }, symmetric, 'ENCRYPT_DECRYPT'));
});
