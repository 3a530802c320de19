import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runPolicyCases } from './cases-runner.ts';

const policy = { Version: '2012-10-17', Statement: { Sid: 'All', Effect: 'Allow', Action: '*', Resource: '*' } };
const request = {
  principal: 'arn:aws:iam::111122223333:user/ann',
  action: 's3:GetObject',
  resource: 'arn:aws:s3:::b/k',
  context: {},
};
const line = (parts: object) =>
  JSON.stringify({ id: 'a', kind: 'authorize', request, expect: { decision: 'Allowed' }, ...parts });

test('reports each case, and counts', () => {
  const run = runPolicyCases([line({ identityPolicies: [{ name: 'admin', policy }] }), '', line({ id: 'b' })]);
  assert.deepEqual(run.results, [
    {
      id: 'a',
      ok: true,
      expected: 'Allowed',
      decision: 'Allowed',
      layer: 'identity',
      statements: [{ layer: 'identity', policy: 'admin', index: 0, sid: 'All', effect: 'Allow' }],
      missing: [],
    },
    {
      id: 'b',
      ok: false,
      expected: 'Allowed',
      decision: 'ImplicitlyDenied',
      layer: 'identity',
      statements: [],
      missing: [],
    },
  ]);
  assert.deepEqual([run.summary.passed, run.summary.failed], [1, 1]);
  assert.ok(run.summary.decisionsPerCpuSecond > 0 && run.summary.seconds > 0);
});

test('unknown members are ignored, at every level', () => {
  const extra = { request: { ...request, more: 1, attributes: { more: 1 } }, identityPolicies: [policy], more: 1 };
  assert.equal(runPolicyCases([line(extra)]).summary.passed, 1);
});

test('a line that is no case is named by its number; the others run', () => {
  const broken = [
    '{',
    '[]',
    line({ kind: 'other' }),
    line({ expect: undefined }),
    line({ expect: { decision: 'Maybe' } }),
    line({ request: { ...request, action: 1 } }),
    line({ request: { ...request, context: { a: {} } } }),
    line({ identityPolicies: [{ Version: '2012-10-17', Statement: [{ Effect: 'Sometimes' }] }] }),
    line({ identityPolicies: {} }),
    line({ scps: [1] }),
  ];
  const run = runPolicyCases([line({ identityPolicies: [policy] }), '', ...broken]);
  assert.deepEqual(
    run.malformed.map((entry) => entry.line),
    broken.map((_, index) => index + 3),
  );
  assert.equal(run.summary.passed, 1);
  assert.match(
    run.malformed[7]?.message ?? '',
    /`identityPolicies\[0\]`: Syntax errors in policy\. Statement\[0\]\.Effect/,
  );
});

test('grants may be spelled as the API spells them', () => {
  const kms = {
    request: {
      ...request,
      action: 'kms:Decrypt',
      resource: 'arn:aws:kms:us-east-1:111122223333:key/k',
      context: { 'kms:EncryptionContext:Dept': 'IT' },
      attributes: {
        kmsGrants: [
          {
            GranteePrincipal: request.principal,
            Operations: ['Decrypt'],
            Constraints: { EncryptionContextSubset: { Dept: 'IT' } },
          },
        ],
      },
    },
  };
  assert.equal(runPolicyCases([line(kms)]).summary.passed, 1);
});

test('nothing to run is nothing failed', () => {
  const { passed, failed, decisionsPerCpuSecond } = runPolicyCases([]).summary;
  assert.deepEqual([passed, failed, decisionsPerCpuSecond], [0, 0, 0]);
});
