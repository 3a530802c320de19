// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables look like template placeholders
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { caseReader } from './policy-case.ts';
import { type Change, changeText, smallestChange } from './smallest-change.ts';

const A = '111122223333';
const USER = `arn:aws:iam::${A}:user/ann`;
const allow = (extra: object = {}) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*', ...extra }],
});
const deny = (extra: object = {}) => allow({ Effect: 'Deny', Sid: 'No', ...extra });

function changesFor(parts: object): readonly Change[] | undefined {
  const request = { principal: USER, action: 's3:GetObject', resource: 'arn:aws:s3:::b/k*', resourceAccount: A };
  const reading = caseReader()(JSON.stringify({ id: 'x', request, ...parts }));
  assert.ok(reading.ok, JSON.stringify(reading));
  return smallestChange(reading.case.request, reading.case.policies);
}

const added = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/k${*}' };

for (const [name, parts, expected] of [
  ['allowed: nothing', { identityPolicies: [allow()] }, []],
  [
    'no allow: one statement, wildcards taken literally',
    {},
    [{ kind: 'add-statement', layer: 'identity', target: undefined, statement: added }],
  ],
  [
    'boundary',
    { identityPolicies: [allow()], permissionBoundaries: [allow({ Action: 'ec2:*' })] },
    [{ kind: 'add-statement', layer: 'boundary', target: undefined, statement: added }],
  ],
  [
    'the level of the organization that lacks it',
    {
      identityPolicies: [allow()],
      scps: [
        { target: 'r', policies: [allow()] },
        { target: 'ou', policies: [allow({ Action: 'ec2:*' })] },
      ],
    },
    [{ kind: 'add-statement', layer: 'scp', target: 'ou', statement: added }],
  ],
  [
    'an absent fact before a new statement',
    { identityPolicies: [allow({ Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } })] },
    [{ kind: 'set-context', key: 'aws:MultiFactorAuthPresent', value: 'true' }],
  ],
  [
    'an absent fact that lifts a deny',
    { identityPolicies: [allow(), deny({ Condition: { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } } })] },
    [{ kind: 'set-context', key: 'aws:MultiFactorAuthPresent', value: 'true' }],
  ],
  [
    'a deny without condition goes',
    { identityPolicies: [allow(), { name: 'guard', policy: deny() }] },
    [
      {
        kind: 'remove-statement',
        layer: 'identity',
        target: undefined,
        policy: { kind: 'identity', name: 'guard' },
        index: 0,
        sid: 'No',
      },
    ],
  ],
  [
    'layer by layer when one is not enough',
    { identityPolicies: [deny()] },
    [
      {
        kind: 'remove-statement',
        layer: 'identity',
        target: undefined,
        policy: { kind: 'identity', name: 'identityPolicies[0]' },
        index: 0,
        sid: 'No',
      },
      { kind: 'add-statement', layer: 'identity', target: undefined, statement: added },
    ],
  ],
] as const) {
  test(name, () => assert.deepEqual(changesFor(parts), expected));
}

test('the bucket of another account names the caller', () => {
  const changes = changesFor({
    request: {
      principal: `arn:aws:sts::444455556666:assumed-role/r/s`,
      action: 's3:GetObject',
      resource: 'arn:aws:s3:::b/k',
      resourceAccount: A,
    },
    identityPolicies: [allow()],
  });
  assert.deepEqual(
    changes?.map((change) => change.kind === 'add-statement' && change.statement),
    [
      {
        Effect: 'Allow',
        Action: 's3:GetObject',
        Principal: { AWS: 'arn:aws:iam::444455556666:role/r' },
        Resource: 'arn:aws:s3:::b/k',
      },
    ],
  );
});

test('a role that does not trust the caller: its trust policy names no resource', () => {
  const request = { principal: USER, action: 'sts:AssumeRole', resource: `arn:aws:iam::${A}:role/r` };
  const [change] = changesFor({ request, identityPolicies: [allow()] }) ?? [];
  assert.deepEqual(change?.kind === 'add-statement' && change.statement, {
    Effect: 'Allow',
    Action: 'sts:AssumeRole',
    Principal: { AWS: USER },
  });
});

test('tells it to people', () => {
  const [change] = changesFor({ identityPolicies: [allow(), { name: 'guard', policy: deny() }] }) ?? [];
  assert.equal(change && changeText(change), 'remove statement 0 `No` from guard (identity)');
});
