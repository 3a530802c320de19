import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accessDeniedMessage } from './access-denied-message.ts';
import type { DecidingLayer, Decision, Verdict } from './decision.ts';

const ANN = 'arn:aws:iam::123456789012:user/ann';

function message(
  decision: Verdict,
  layer: DecidingLayer,
  action = 'codecommit:ListRepositories',
  resource = '*',
): string {
  const request = { principal: ANN, action, resource, context: {} };
  return accessDeniedMessage(request, { decision, layer } as Decision, ANN);
}

const START = `User: ${ANN} is not authorized to perform: codecommit:ListRepositories on resource: *`;

for (const [layer, allowing, denying] of [
  ['rcp', 'resource control policy', 'a resource control policy'],
  ['scp', 'service control policy', 'a service control policy'],
  ['endpoint', 'VPC endpoint policy', 'a VPC endpoint policy'],
  ['resource', 'resource-based policy', 'a resource-based policy'],
  ['identity', 'identity-based policy', 'an identity-based policy'],
  ['boundary', 'permissions boundary', 'a permissions boundary'],
  ['session', 'session policy', 'a session policy'],
] as const) {
  test(`${layer}: implicit and explicit`, () => {
    assert.equal(
      message('ImplicitlyDenied', layer),
      `${START} because no ${allowing} allows the codecommit:ListRepositories action`,
    );
    assert.equal(message('ExplicitlyDenied', layer), `${START} with an explicit deny in ${denying}`);
  });
}

test('role trust policies have their own words', () => {
  const role = 'arn:aws:iam::123456789012:role/r';
  const start = `User: ${ANN} is not authorized to perform: sts:AssumeRole on resource: ${role}`;
  assert.equal(
    message('ImplicitlyDenied', 'resource', 'sts:AssumeRole', role),
    `${start} because no role trust policy allows the sts:AssumeRole action`,
  );
  assert.equal(
    message('ExplicitlyDenied', 'resource', 'sts:AssumeRole', role),
    `${start} with an explicit deny in the role trust policy`,
  );
});

test('a setting of a service has no phrase', () => assert.equal(message('ImplicitlyDenied', 'service-setting'), START));
