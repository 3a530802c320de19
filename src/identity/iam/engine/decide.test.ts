// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables look like template placeholders
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type CompiledPolicy, compile } from './compile.ts';
import { decide } from './decide.ts';
import type { PolicyKind } from './document/policy.ts';
import { readPolicy } from './document/read.ts';
import { type AuthorizationRequest, NO_POLICIES, type PolicySets } from './request.ts';
import { smallestChange } from './smallest-change.ts';

const A = '111122223333';
const B = '444455556666';

type Json = Readonly<Record<string, unknown>>;

function policy(kind: PolicyKind, statements: readonly Json[]): CompiledPolicy {
  const reading = readPolicy({ Version: '2012-10-17', Statement: statements });
  assert.ok(reading.ok, JSON.stringify(statements));
  return compile(reading.policy, { kind, name: kind });
}

const ACTIONS = ['s3:GetObject', 's3:PutObject', 'kms:Decrypt', 'sts:AssumeRole', 'ec2:RunInstances'];
const RESOURCES = [`arn:aws:s3:::b/ann`, `arn:aws:kms:us-east-1:${A}:key/k`, `arn:aws:iam::${A}:role/target`, '*'];
const PRINCIPALS = [
  null,
  'sns.amazonaws.com',
  `arn:aws:iam::${A}:user/ann`,
  `arn:aws:iam::${A}:root`,
  `arn:aws:sts::${A}:assumed-role/app/s`,
  `arn:aws:sts::${A}:federated-user/fay`,
  `arn:aws:iam::${B}:user/zoe`,
];

const request: fc.Arbitrary<AuthorizationRequest> = fc.record({
  principal: fc.constantFrom(...PRINCIPALS),
  action: fc.constantFrom(...ACTIONS),
  resource: fc.constantFrom(...RESOURCES),
  resourceAccount: fc.constantFrom(A, B),
  context: fc.dictionary(fc.constantFrom('x:a', 'x:b', 'aws:username'), fc.constantFrom('1', '2', 'ann'), {
    maxKeys: 3,
  }),
});

const condition = fc.dictionary(
  fc.constantFrom('StringEquals', 'StringNotEquals', 'StringLikeIfExists', 'ForAllValues:StringEquals', 'Null'),
  fc.dictionary(fc.constantFrom('x:a', 'x:b'), fc.constantFrom('1', '2', 'true', '*'), { maxKeys: 2 }),
  { maxKeys: 1 },
);
const body = fc.record({
  Action: fc.constantFrom('*', 's3:*', 's3:Get*', ...ACTIONS),
  Resource: fc.constantFrom('*', 'arn:aws:s3:::b/*', 'arn:aws:s3:::b/${aws:username}', ...RESOURCES),
  Condition: condition,
});
const effect = fc.constantFrom('Allow', 'Deny');
const plain = fc.tuple(effect, body).map(([Effect, rest]): Json => ({ Effect, ...rest }));
const named = fc
  .constantFrom('*', ...PRINCIPALS.slice(2).map((arn) => ({ AWS: arn })), { AWS: A }, { Service: 'sns.amazonaws.com' })
  .chain((Principal) => plain.map((statement): Json => ({ ...statement, Principal })));

type Documents = {
  readonly identity: readonly Json[];
  readonly resource: readonly Json[];
  readonly boundary: readonly Json[] | null;
  readonly session: readonly Json[] | null;
  readonly endpoint: readonly Json[] | null;
  readonly scp: readonly Json[] | null;
};

const some = (statement: fc.Arbitrary<Json>) => fc.array(statement, { minLength: 1, maxLength: 3 });
const maybe = (statement: fc.Arbitrary<Json>) => fc.option(some(statement), { nil: null });
const documents: fc.Arbitrary<Documents> = fc.record({
  identity: some(plain),
  resource: some(named),
  boundary: maybe(plain),
  session: maybe(plain),
  endpoint: maybe(named),
  scp: maybe(plain),
});

function setsOf(from: Documents): PolicySets {
  return {
    ...NO_POLICIES,
    identity: [policy('identity', from.identity)],
    resource: policy('resource', from.resource),
    boundaries: from.boundary && [policy('boundary', from.boundary)],
    session: from.session && [policy('session', from.session)],
    endpoint: from.endpoint && [policy('endpoint', from.endpoint)],
    scps: from.scp === null ? [] : [{ target: 'r-root', policies: [policy('scp', from.scp)] }],
  };
}

const layer = fc.constantFrom('identity', 'resource', 'boundary', 'session', 'endpoint', 'scp');

function withStatement(from: Documents, where: keyof Documents, statement: Json): Documents | undefined {
  const list = from[where];
  if (list === null) return undefined;
  const named = where === 'resource' || where === 'endpoint' ? { Principal: '*', ...statement } : statement;
  return { ...from, [where]: [...list, named] };
}

test('adding a deny never allows', () => {
  fc.assert(
    fc.property(request, documents, layer, body, (asked, from, where, added) => {
      const after = withStatement(from, where, { Effect: 'Deny', ...added });
      if (after === undefined || decide(asked, setsOf(from)).decision === 'Allowed') return;
      assert.notEqual(decide(asked, setsOf(after)).decision, 'Allowed');
    }),
    { numRuns: 3_000 },
  );
});

test('adding an allow never denies', () => {
  fc.assert(
    fc.property(request, documents, layer, body, (asked, from, where, added) => {
      const after = withStatement(from, where, { Effect: 'Allow', ...added });
      if (after === undefined || decide(asked, setsOf(from)).decision !== 'Allowed') return;
      assert.equal(decide(asked, setsOf(after)).decision, 'Allowed');
    }),
    { numRuns: 3_000 },
  );
});

test('an explicit deny is named by a matching statement, and an allow has one or needs none', () => {
  fc.assert(
    fc.property(request, documents, (asked, from) => {
      const { decision, layer: settled, statements } = decide(asked, setsOf(from));
      const denies = statements.filter((statement) => statement.effect === 'Deny');
      assert.equal(decision === 'ExplicitlyDenied', denies.length > 0);
      if (decision === 'ExplicitlyDenied') assert.ok(denies.some((statement) => statement.layer === settled));
      if (decision === 'Allowed' && settled !== 'root') {
        assert.ok(statements.some((statement) => statement.effect === 'Allow' && statement.layer === settled));
      }
    }),
    { numRuns: 3_000 },
  );
});

test('the smallest change is found, tried and small', () => {
  fc.assert(
    fc.property(request, documents, (asked, from) => {
      const changes = smallestChange(asked, setsOf(from));
      assert.equal(changes?.length === 0, decide(asked, setsOf(from)).decision === 'Allowed');
    }),
    { numRuns: 1_000 },
  );
});

/** The statement's place in the text that the policy was read from. */
const READ_PLACE = { start: { line: 1, column: 38 }, end: { line: 1, column: 103 } };

test('the answer names the layer, the statements, the missing keys and every layer’s say', () => {
  const identity = policy('identity', [
    { Sid: 'Read', Effect: 'Allow', Action: 's3:Get*', Resource: '*' },
    {
      Sid: 'Team',
      Effect: 'Deny',
      Action: '*',
      Resource: '*',
      Condition: { StringEquals: { 'aws:PrincipalTag/Team': 'x' } },
    },
  ]);
  const boundary = policy('boundary', [{ Effect: 'Allow', Action: 'ec2:*', Resource: '*' }]);
  const asked = {
    principal: `arn:aws:iam::${A}:user/ann`,
    action: 's3:GetObject',
    resource: 'arn:aws:s3:::b/k',
    context: {},
  };
  assert.deepEqual(decide(asked, { ...NO_POLICIES, identity: [identity], boundaries: [boundary] }), {
    decision: 'ImplicitlyDenied',
    layer: 'boundary',
    reason: 'the permissions boundary does not allow it',
    statements: [
      {
        layer: 'identity',
        target: undefined,
        policy: identity.source,
        index: 0,
        sid: 'Read',
        effect: 'Allow',
        ...READ_PLACE,
      },
    ],
    missing: ['aws:PrincipalTag/Team'],
    trace: {
      rcp: 'not-applicable',
      scp: 'not-applicable',
      endpoint: 'not-applicable',
      resource: 'not-applicable',
      identity: 'allowed',
      boundary: 'implicitly-denied',
      session: 'not-applicable',
    },
  });
});

test('strange requests are denied, not fatal', () => {
  const everything = policy('identity', [{ Effect: 'Allow', Action: 's3:*', Resource: 'arn:aws:s3:::b/*' }]);
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), (principal, action, resource) => {
      const { decision } = decide(
        { principal, action, resource, context: {} },
        { ...NO_POLICIES, identity: [everything] },
      );
      assert.notEqual(decision, 'Allowed');
    }),
  );
});

test('context keys named like object members are keys like others', () => {
  const asked = { principal: `arn:aws:iam::${A}:user/ann`, action: 's3:GetObject', resource: '*' };
  const context = JSON.parse('{"__proto__":"x","constructor":"y"}');
  const identity = policy('identity', [
    {
      Effect: 'Allow',
      Action: '*',
      Resource: '*',
      Condition: { StringEquals: { constructor: 'y' }, Null: { toString: 'true' } },
    },
  ]);
  assert.equal(decide({ ...asked, context }, { ...NO_POLICIES, identity: [identity] }).decision, 'Allowed');
});
