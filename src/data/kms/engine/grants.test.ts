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
const sourced = { ...grant, constraints: { sourceArn: 'arn:t' } };
const both = { ...grant, constraints: { sourceArn: 'arn:t', encryptionContextSubset: { dept: 'it' } } };

const children: readonly (readonly [string, GrantFacts, Partial<GrantFacts>, boolean])[] = [
  ['fewer operations', grant, { operations: ['Decrypt'] }, true],
  ['more operations', grant, { operations: ['Decrypt', 'Encrypt'] }, false],
  ['constraint dropped', subset, { constraints: undefined }, false],
  ['subset widened by pairs', subset, { constraints: { encryptionContextSubset: { dept: 'it', a: 'b' } } }, true],
  ['subset made equal', subset, { constraints: { encryptionContextEquals: { dept: 'it', a: 'b' } } }, true],
  ['subset of other pairs', subset, { constraints: { encryptionContextSubset: { a: 'b' } } }, false],
  ['equals kept', equals, { constraints: { encryptionContextEquals: { dept: 'it' } } }, true],
  ['source kept', sourced, {}, true],
  ['source dropped', sourced, { constraints: undefined }, false],
  ['source changed', sourced, { constraints: { sourceArn: 'arn:t2' } }, false],
  ['source added', grant, { constraints: { sourceArn: 'arn:t' } }, true],
  ['source kept, subset dropped', both, { constraints: { sourceArn: 'arn:t' } }, false],
  ['source dropped, subset kept', both, { constraints: { encryptionContextSubset: { dept: 'it' } } }, false],
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

test('who a grant is for and who may retire it', () => {
  const check = (change: Partial<GrantFacts>) =>
    checkGrant({ ...grant, ...change }, specFacts('SYMMETRIC_DEFAULT'), 'ENCRYPT_DECRYPT')?.code;
  const service = { granteePrincipal: undefined, granteeServicePrincipal: 's.amazonaws.com' };
  const refused = 'ValidationException';
  assert.equal(check({ granteePrincipal: undefined }), refused, 'nobody');
  assert.equal(check({ ...service, granteePrincipal: alice, constraints: { sourceArn: 'arn:t' } }), refused, 'both');
  assert.equal(check(service), refused, 'without a source');
  assert.equal(check({ ...service, constraints: { encryptionContextSubset: {} } }), refused, 'without a source');
  assert.equal(check({ ...service, constraints: { sourceArn: 'arn:t' } }), undefined);
  const endless = { ...service, constraints: { sourceArn: 'arn:t' }, retiringPrincipal: undefined };
  assert.equal(check(endless), refused, 'nobody retires it');
  assert.equal(check({ ...endless, retiringServicePrincipal: 's.amazonaws.com' }), undefined);
  assert.equal(check({ retiringServicePrincipal: 's.amazonaws.com' }), refused, 'both retire it');
  assert.equal(check({ retiringPrincipal: undefined, retiringServicePrincipal: 's.amazonaws.com' }), undefined);
  assert.equal(check({ constraints: { sourceArn: 'arn:t' } }), undefined, 'a source for a user’s grant');
});

test('a source may constrain a grant on any key', () => {
  const signing = { ...grant, operations: ['Sign'], constraints: { sourceArn: 'arn:t' } };
  assert.equal(checkGrant(signing, specFacts('RSA_2048'), 'SIGN_VERIFY'), undefined);
});
