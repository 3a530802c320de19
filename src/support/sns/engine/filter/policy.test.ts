import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import { readRecordings } from '../../../../data/recordings-for-tests.ts';
import { attributesMatch, bodyMatches } from './match.ts';
import { type FilterPolicy, type FilterScope, readFilterPolicy } from './policy.ts';

function policyOf(value: object, scope: FilterScope): FilterPolicy {
  const reading = readFilterPolicy(JSON.stringify(value), scope);
  assert.ok(reading.ok, reading.ok ? '' : reading.message);
  return reading.policy;
}

type Case = readonly [policy: object, matching: readonly object[], others: readonly object[]];

/** Policies with what they let through and what not. */
const both: readonly Case[] = [
  [{ a: ['x', 'y'] }, [{ a: 'x' }, { a: 'y', b: 1 }], [{ a: 'z' }, {}, { b: 'x' }]],
  [{ a: [1] }, [{ a: 1 }], [{ a: '1' }, { a: 2 }]],
  [{ a: ['x'], b: ['y'] }, [{ a: 'x', b: 'y' }], [{ a: 'x' }]],
  [{ a: [{ prefix: 'au' }] }, [{ a: 'auto' }], [{ a: 'tau' }, { a: 5 }]],
  [{ a: [{ suffix: '.png' }] }, [{ a: 'x.png' }], [{ a: 'x.PNG' }]],
  [{ a: [{ 'equals-ignore-case': 'TeNNis' }] }, [{ a: 'tennis' }], [{ a: 'tenni' }]],
  [{ a: [{ 'anything-but': ['x', 'y'] }] }, [{ a: 'z' }, { a: ['x', 'z'] }], [{ a: 'x' }, { a: ['x', 'y'] }, {}]],
  [{ a: [{ 'anything-but': { prefix: 'x' } }] }, [{ a: 'zx' }], [{ a: 'xz' }, {}]],
  [{ a: [{ 'anything-but': [1, 2] }] }, [{ a: 3 }], [{ a: 1 }]],
  [{ a: [{ exists: true }] }, [{ a: 'x' }, { a: 0 }], [{}]],
  [{ a: [{ exists: false }] }, [{}, { b: 1 }], [{ a: 'x' }]],
  [{ a: [{ exists: false }, 'x'] }, [{}, { a: 'x' }], [{ a: 'y' }]],
  [{ a: [{ numeric: ['=', 3.5] }] }, [{ a: 3.5 }], [{ a: 3 }, { a: '3.5' }]],
  [{ a: [{ numeric: ['>', 0, '<=', 10] }] }, [{ a: 10 }, { a: 0.1 }], [{ a: 0 }, { a: 11 }]],
  [{ a: [{ cidr: '10.0.0.0/24' }] }, [{ a: '10.0.0.255' }], [{ a: '10.0.1.1' }, { a: 'x' }]],
  [{ a: [{ cidr: '2001:db8:1234:1a00::/56' }] }, [{ a: '2001:0db8:1234:1a00::1' }], [{ a: '2001:db8:1235::' }]],
  [
    { a: ['x'], $or: [{ b: [1] }, { c: ['y'] }] },
    [
      { a: 'x', b: 1 },
      { a: 'x', c: 'y' },
    ],
    [{ a: 'x' }, { b: 1, c: 'y' }],
  ],
  [{ a: ['x'] }, [{ a: ['y', 'x'] }], [{ a: [] }, { a: ['y'] }]],
];

for (const [policy, matching, others] of both) {
  test(`${JSON.stringify(policy)}`, () => {
    for (const scope of ['MessageAttributes', 'MessageBody'] as const) {
      const compiled = policyOf(policy, scope);
      const lets = (value: object) =>
        scope === 'MessageBody'
          ? bodyMatches(compiled, JSON.stringify(value))
          : attributesMatch(compiled, value as Record<string, string>);
      for (const value of matching) assert.ok(lets(value), `${scope} ${JSON.stringify(value)}`);
      for (const value of others) assert.ok(!lets(value), `${scope} ${JSON.stringify(value)}`);
    }
  });
}

const bodies: readonly Case[] = [
  [
    { object: { key: [{ prefix: 'auto-' }, 'hard'] } },
    [{ object: { key: 'auto-1' } }, { object: { key: 'hard' } }],
    [{ object: 'auto-' }],
  ],
  [{ 'object.nested': ['v'] }, [{ object: { nested: 'v' } }, { 'object.nested': 'v' }], [{ object: { other: 'v' } }]],
  [
    { Records: { s3: { key: ['k'] }, eventName: ['Put'] } },
    [{ Records: [{ eventName: 'Put', s3: { key: 'k' } }] }],
    [
      {
        Records: [
          { eventName: 'Put', s3: { key: 'x' } },
          { eventName: 'Get', s3: { key: 'k' } },
        ],
      },
    ],
  ],
  [{ a: { b: [{ exists: false }] } }, [{}, { a: {} }, { a: { c: 1 } }], [{ a: { b: null } }]],
  [{ a: [null] }, [{ a: null }], [{ a: 'null' }, {}]],
  [{ a: [true] }, [{ a: true }], [{ a: 'true' }, { a: 1 }]],
];

for (const [policy, matching, others] of bodies) {
  test(`bodies: ${JSON.stringify(policy)}`, () => {
    const compiled = policyOf(policy, 'MessageBody');
    for (const value of matching) assert.ok(bodyMatches(compiled, JSON.stringify(value)), JSON.stringify(value));
    for (const value of others) assert.ok(!bodyMatches(compiled, JSON.stringify(value)), JSON.stringify(value));
  });
}

test('what is no JSON object matches nothing, however it asks', () => {
  const policy = policyOf({ a: [{ exists: false }] }, 'MessageBody');
  for (const text of ['', 'text', '"a"', '1', 'null', '[]', '[{"b":1}]', `{"x":${'['.repeat(1e5)}${']'.repeat(1e5)}}`])
    assert.ok(!bodyMatches(policy, text), text.slice(0, 20));
});

test('combinations are limited: values times each other, weighed by depth in bodies, alternatives added up', () => {
  const values = (many: number) => Array.from({ length: many }, (_, i) => String(i));
  const complex = (policy: object, scope: FilterScope) => !readFilterPolicy(JSON.stringify(policy), scope).ok;
  assert.ok(!complex({ a: values(150) }, 'MessageAttributes'));
  assert.ok(complex({ a: values(151) }, 'MessageAttributes'));
  assert.ok(!complex({ a: values(15), b: values(10) }, 'MessageAttributes'));
  assert.ok(complex({ a: values(15), b: values(11) }, 'MessageAttributes'));
  assert.ok(!complex({ a: { b: values(75) } }, 'MessageBody'));
  assert.ok(complex({ a: { b: values(76) } }, 'MessageBody'));
  assert.ok(!complex({ $or: [{ a: values(75) }, { b: values(75) }] }, 'MessageAttributes'));
  assert.ok(complex({ $or: [{ a: values(75) }, { b: values(76) }] }, 'MessageAttributes'));
});

test('a hostile policy is read, and a hostile message is filtered, in time that grows with their length', () => {
  const started = performance.now();
  const deep = `${'{"a":'.repeat(50_000)}["x"]${'}'.repeat(50_000)}`;
  assert.ok(!readFilterPolicy(deep, 'MessageBody').ok);
  const nested = policyOf({ a: { b: [{ exists: false }, { prefix: 'x'.repeat(1_000) }] } }, 'MessageBody');
  const many = { a: Array.from({ length: 20_000 }, () => ({ b: ['x'.repeat(10)] })) };
  bodyMatches(nested, JSON.stringify(many));
  assert.ok(performance.now() - started < 2_000);
});

test('any text is a policy or a refusal, never a failure', () => {
  const pieces = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    '"a"',
    ':',
    ',',
    '1',
    'null',
    '"$or"',
    '"numeric"',
    '"prefix"',
    ' ',
    '\\',
    '"',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
      const reading = readFilterPolicy(parts.join(''), 'MessageBody');
      assert.ok(reading.ok || reading.message.length > 0);
    }),
    { numRuns: 2_000 },
  );
});

/** AWS repeats the policy that it refuses: the recordings carry their inputs. */
const refusal =
  /^Invalid parameter: (?:Attributes Reason: )?(FilterPolicy: .* at \[Source: \(String\)"(.*)"; line: 1, column: \d+\])$/s;

test('refusals are worded as the recorded ones', { skip: readRecordings('sns') === undefined }, () => {
  let compared = 0;
  for (const recording of readRecordings('sns')?.values() ?? []) {
    for (const answer of Object.values(recording)) {
      const text = (answer as { readonly Error?: { readonly Message?: string } })?.Error?.Message ?? '';
      const [, message, policy] = refusal.exec(text) ?? [];
      if (message === undefined || policy === undefined) continue;
      const reading = readFilterPolicy(policy, 'MessageBody');
      assert.equal(reading.ok ? 'accepted' : `FilterPolicy: ${reading.message}`, message);
      compared += 1;
    }
  }
  assert.equal(compared, 33);
});
