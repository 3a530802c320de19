import { strict as assert } from 'node:assert';
import { describe, it, test } from 'node:test';
import fc from 'fast-check';
import { readRecordings } from '../../../data/recordings-for-tests.ts';
import cases from '../cases/patterns.json' with { type: 'json' };
import { withoutDots } from './event-fields.ts';
import { matches, readPattern } from './pattern.ts';
import { compileIndex } from './rule-index.ts';
import { compileWildcard } from './wildcard.ts';

const envelope = {
  version: '0',
  id: '1',
  'detail-type': 'test',
  source: 'test',
  account: '111122223333',
  time: '2022-07-13T13:48:01Z',
  region: 'us-east-1',
  resources: ['arn:r'],
  detail: {},
};

function patternOf(value: unknown) {
  const reading = readPattern(JSON.stringify(value));
  assert.ok(reading.ok, reading.ok ? '' : reading.message);
  return reading.pattern;
}

describe('patterns', () => {
  for (const { id, pattern, event, expect } of cases) {
    it(id, () => {
      const reading = readPattern(JSON.stringify(pattern));
      if (typeof expect === 'string') {
        assert.ok(!reading.ok, 'the pattern is taken');
        const [head = '', place = ''] = reading.message.split('\n');
        assert.equal(head, `Event pattern is not valid. Reason: ${expect}`);
        assert.match(place, /^ at \[Source: \(String\)".*"; line: 1, column: \d+\]$/);
        return;
      }
      assert.ok(reading.ok, reading.ok ? '' : reading.message);
      assert.equal(matches(reading.pattern, withoutDots({ ...envelope, ...event })), expect);
    });
  }
});

const recordings = readRecordings('events');
test('every recorded kind of pattern has a case with the recorded outcome', { skip: recordings === undefined }, () => {
  const expected = new Map(cases.map(({ id, expect }) => [id, expect]));
  let compared = 0;
  for (const [name, recording] of recordings ?? []) {
    const [, id] = /^test_event_pattern\[(.*)\]$/.exec(name) ?? [];
    if (id === undefined) continue;
    const failure = recording[id] as { exception_message?: { Error?: { Message?: string } } } | undefined;
    const recorded = failure?.exception_message?.Error?.Message?.replace('Event pattern is not valid. Reason: ', '');
    assert.equal(expected.get(id), recorded ?? !id.endsWith('_NEG'), id);
    compared += 1;
  }
  assert.ok(compared > 140);
});

describe('refusals of JSON', () => {
  for (const [name, recording] of recordings ?? []) {
    const [, text] = /^test_invalid_json_event_pattern\[(.*)\]$/s.exec(name) ?? [];
    if (text === undefined) continue;
    it(text, () => {
      const reading = readPattern(text);
      const recorded = recording['invalid-pattern'] as { Error: { Message: string } };
      assert.deepEqual(reading, { ok: false, message: recorded.Error.Message });
    });
  }

  it('never throws, whatever comes', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => typeof readPattern(text).ok === 'boolean'));
    fc.assert(fc.property(fc.json(), (text) => typeof readPattern(text).ok === 'boolean'));
    assert.ok(!readPattern('['.repeat(4_096)).ok);
    assert.ok(!readPattern('{"a":'.repeat(800)).ok);
  });
});

describe('properties', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '*', '\\', 'é'), maxLength: 8 });

  it('finds with wildcards what a regular expression finds', () => {
    const piece = fc.array(fc.constantFrom('a', 'b', 'ab', 'aab'), { maxLength: 3 }).map((parts) => parts.join(''));
    const wildcard = fc
      .array(piece, { minLength: 1, maxLength: 4 })
      .map((parts) => parts.join('*').replace(/\*+/g, '*'));
    const subject = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 30 });
    fc.assert(
      fc.property(wildcard, subject, (pattern, value) => {
        const wanted = new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(value);
        assert.equal(compileWildcard(pattern, 0)(value), wanted);
      }),
    );
  });

  it('asks each rule whose pattern could match: an index finds what asking one by one finds', () => {
    const leaf = fc.array(
      fc.oneof(
        text,
        fc.constantFrom<unknown>(
          1,
          null,
          true,
          { exists: false },
          { exists: true },
          { prefix: 'a' },
          { 'anything-but': ['a'] },
        ),
      ),
      { minLength: 1, maxLength: 3 },
    );
    const field = fc.constantFrom('a', 'b', 'c');
    const pattern = fc.dictionary(field, fc.oneof(leaf, fc.dictionary(field, leaf, { minKeys: 1 })), { minKeys: 1 });
    const value = fc.oneof(text, fc.constantFrom<unknown>(1, null, true, []), fc.array(text, { maxLength: 2 }));
    const event = fc.dictionary(
      field,
      fc.oneof(value, fc.dictionary(field, value), fc.array(fc.dictionary(field, value), { maxLength: 3 })),
    );
    fc.assert(
      fc.property(fc.array(pattern, { maxLength: 12 }), event, (patterns, subject) => {
        const rules = patterns.map((each, item) => ({ pattern: patternOf(each), item }));
        const wanted = rules.filter((rule) => matches(rule.pattern, subject)).map(({ item }) => item);
        assert.deepEqual(compileIndex(rules)(subject), wanted);
      }),
    );
  });
});

describe('hostile patterns and events', () => {
  const quick = (work: () => void) => {
    const before = process.cpuUsage().user;
    work();
    assert.ok(process.cpuUsage().user - before < 2_000_000, 'under two seconds');
  };

  it('searches long pieces in linear time', () => {
    const wildcard = compileWildcard(`*${'a'.repeat(1_500)}b*${'a'.repeat(1_500)}c*`, 0);
    quick(() => assert.equal(wildcard('a'.repeat(250_000)), false));
  });

  it('asks once what is absent, however long the lists', () => {
    const pattern = patternOf({ detail: { items: { a: ['x'], b: [{ exists: false }] } } });
    const items = Array.from({ length: 60_000 }, () => ({ a: 'y', c: 1 }));
    quick(() => assert.equal(matches(pattern, { ...envelope, detail: { items } }), false));
  });

  it('takes names with many dots', () => {
    quick(() => withoutDots({ [`${'a.'.repeat(100_000)}b`]: 1 }));
  });
});
