import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile } from './compile.ts';
import { decide } from './decide.ts';
import { readPolicy } from './document/read.ts';
import { explain, explanationText } from './explain.ts';
import { NO_POLICIES, type PolicySets } from './request.ts';

const reading = readPolicy({
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'Read',
      Effect: 'Allow',
      Action: 's3:Get*',
      Resource: 'arn:aws:s3:::b/*',
      Condition: { Bool: { 'aws:SecureTransport': 'true' } },
    },
    { Effect: 'Allow', Action: 's3:*', Resource: 'arn:aws:s3:::other/*' },
    { Effect: 'Allow', Action: 'ec2:*', Resource: 'arn:aws:ec2:*:*:*' },
  ],
});
assert.ok(reading.ok);
const policies: PolicySets = {
  ...NO_POLICIES,
  identity: [compile(reading.policy, { kind: 'identity', name: 'readers' })],
  scps: [{ target: 'r-root', policies: [compile(reading.policy, { kind: 'scp', name: 'FullAWSAccess' })] }],
};
const request = {
  principal: 'arn:aws:iam::111122223333:user/ann',
  action: 's3:GetObject',
  resource: 'arn:aws:s3:::b/k',
  context: {},
  attributes: { principalAccountIsManagement: true },
};

test('names every policy, and what kept its statements from matching', () => {
  const { policies: explained } = explain(request, policies, decide(request, policies));
  assert.deepEqual(
    explained.map(({ layer, target, source, applies }) => [layer, target, source.name, applies]),
    [
      ['scp', 'r-root', 'FullAWSAccess', false],
      ['identity', undefined, 'readers', true],
    ],
  );
  assert.deepEqual(
    explained[1]?.statements.map(({ outcome }) => outcome),
    ['almost', 'almost', 'no match'],
  );
  assert.deepEqual(explained[1]?.statements[0]?.mismatches, [
    { element: 'condition', operator: 'Bool', key: 'aws:SecureTransport', expected: ['true'], actual: undefined },
  ]);
});

test('tells it to people', () => {
  const text = explanationText(explain(request, policies, decide(request, policies)));
  assert.equal(
    text,
    `ImplicitlyDenied (identity): no identity-based policy allows it
  arn:aws:iam::111122223333:user/ann s3:GetObject arn:aws:s3:::b/k
scp at r-root: FullAWSAccess (does not bear on this request)
  Allow statement 0 \`Read\`: does not match: Bool \`aws:SecureTransport\` wants \`true\`, the request has no such key
  Allow statement 1: does not match: the resource is not among \`arn:aws:s3:::other/*\`
identity: readers
  Allow statement 0 \`Read\`: does not match: Bool \`aws:SecureTransport\` wants \`true\`, the request has no such key
  Allow statement 1: does not match: the resource is not among \`arn:aws:s3:::other/*\`
context keys asked for but absent: aws:SecureTransport`,
  );
});
