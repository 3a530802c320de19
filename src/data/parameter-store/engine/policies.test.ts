import { strict as assert } from 'node:assert';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { carriedOver, dueAt, parsePolicies } from './policies.ts';

const now = Date.parse('2026-01-01T00:00:00Z');
const day = 86_400_000;
const expiration = { Type: 'Expiration', Version: '1.0', Attributes: { Timestamp: '2026-02-01T00:00:00.000Z' } };
const before = { Type: 'ExpirationNotification', Version: '1.0', Attributes: { Before: '15', Unit: 'Days' } };
const unchanged = { Type: 'NoChangeNotification', Version: '1.0', Attributes: { After: '20', Unit: 'Hours' } };

const read = (policies: unknown) => parsePolicies(JSON.stringify(policies), now);

describe('parameter policies', () => {
  test('the three types, with when they act', () => {
    const parsed = read([expiration, before, unchanged]);
    assert.ok('policies' in parsed);
    const { policies } = parsed;
    assert.deepEqual(
      policies.map((policy) => dueAt(policy, policies, now)),
      [now + 31 * day, now + 16 * day, now + 20 * 3_600_000],
    );
    assert.deepEqual(JSON.parse(policies[1]?.text ?? ''), before);
  });

  for (const none of [[], [{}]]) {
    test(`${JSON.stringify(none)} removes them`, () => assert.deepEqual(read(none), { policies: [] }));
  }

  const attributes = (policy: { readonly Attributes: object }, changed: object) => [
    { ...policy, Attributes: { ...policy.Attributes, ...changed } },
  ];
  const refused: readonly (readonly [policies: unknown, code: string])[] = [
    [expiration, 'ValidationException'],
    [Array(11).fill(unchanged), 'PoliciesLimitExceededException'],
    [[null], 'InvalidPolicyTypeException'],
    [['Expiration'], 'InvalidPolicyTypeException'],
    [[{ Type: 'Rotation', Version: '1.0' }], 'InvalidPolicyTypeException'],
    [[{ ...expiration, Version: '2.0' }], 'InvalidPolicyAttributeException'],
    [[{ Type: 'Expiration', Version: '1.0' }], 'InvalidPolicyAttributeException'],
    [attributes(expiration, { Timestamp: '2025-12-31T23:59:59Z' }), 'InvalidPolicyAttributeException'],
    [attributes(expiration, { Timestamp: '2026-01-01T00:00:00Z' }), 'InvalidPolicyAttributeException'],
    [attributes(expiration, { Timestamp: 'tomorrow' }), 'InvalidPolicyAttributeException'],
    [attributes(unchanged, { After: 20 }), 'InvalidPolicyAttributeException'],
    [attributes(unchanged, { After: '0' }), 'InvalidPolicyAttributeException'],
    [attributes(unchanged, { After: '-1' }), 'InvalidPolicyAttributeException'],
    [attributes(unchanged, { Unit: 'Minutes' }), 'InvalidPolicyAttributeException'],
    [attributes(unchanged, { Unit: 'constructor' }), 'InvalidPolicyAttributeException'],
    [[expiration, expiration], 'IncompatiblePolicyException'],
    [[before], 'IncompatiblePolicyException'],
  ];
  for (const [policies, code] of refused) {
    test(`${JSON.stringify(policies).slice(0, 90)}: ${code}`, () => {
      const parsed = read(policies);
      assert.equal('refusal' in parsed ? parsed.refusal.code : undefined, code);
    });
  }

  test('AWS words what is no array', () => {
    assert.deepEqual(parsePolicies('invalid json', now), {
      refusal: { code: 'ValidationException', message: 'Invalid policies input: invalid json.' },
    });
  });

  test('a new version starts the time without change again, and repeats nothing about the expiration', () => {
    const parsed = read([expiration, before, unchanged]);
    assert.ok('policies' in parsed);
    const done = parsed.policies.map((policy) => ({ ...policy, status: 'Finished' as const }));
    const carried = carriedOver(done);
    assert.deepEqual(
      carried.map((policy) => dueAt(policy, carried, now)),
      [undefined, undefined, now + 20 * 3_600_000],
    );
  });

  test('answers every text, and reads what it stored', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const parsed = parsePolicies(text, now);
        if ('refusal' in parsed) assert.match(parsed.refusal.code, /Exception$/);
        else assert.deepEqual(parsePolicies(`[${parsed.policies.map((policy) => policy.text)}]`, now), parsed);
      }),
    );
  });
});
