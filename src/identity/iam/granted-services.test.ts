import { strict as assert } from 'node:assert';
import { describe, it } from 'node:test';
import { readPolicy } from './engine/engine.ts';
import { grantsService } from './granted-services.ts';

const cases: readonly (readonly [statement: object, service: string, granted: boolean])[] = [
  [{ Effect: 'Allow', Action: '*' }, 'kms', true],
  [{ Effect: 'Allow', Action: 'KMS:Decrypt' }, 'kms', true],
  [{ Effect: 'Allow', Action: 'k*:Decrypt' }, 'kms', true],
  [{ Effect: 'Allow', Action: 'kms:Decrypt' }, 'km', false],
  [{ Effect: 'Deny', Action: 'kms:*' }, 'kms', false],
  [{ Effect: 'Allow', NotAction: 'kms:*' }, 'kms', false],
  [{ Effect: 'Allow', NotAction: 'kms:Decrypt' }, 'kms', true],
  [{ Effect: 'Allow', NotAction: 'iam:*' }, 'kms', true],
  [{ Effect: 'Allow', NotAction: '*' }, 'kms', false],
];

describe('services that a policy grants', () => {
  for (const [statement, service, granted] of cases) {
    it(`${JSON.stringify(statement)} ${granted ? 'grants' : 'does not grant'} ${service}`, () => {
      const reading = readPolicy({ Version: '2012-10-17', Statement: [{ ...statement, Resource: '*' }] });
      assert.ok(reading.ok);
      assert.equal(grantsService(reading.policy, service), granted);
    });
  }
});
