import { strict as assert } from 'node:assert';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import cases from '../cases/inputs.json' with { type: 'json' };
import { replayedText } from './envelope.ts';
import { compileInput, placeholdersIn } from './input.ts';
import { followJsonPath, parseJsonPath } from './json-path.ts';
import { compactJson } from './json-text.ts';

const event = {
  version: '0',
  id: 'e',
  'detail-type': 't',
  source: 's',
  account: '1',
  time: '2026-01-31T12:00:00Z',
  region: 'r',
  resources: ['arn:a'],
  detail: {
    payload: { acc_id: '0a-1', sf_id: 'baz' },
    one: ['HIGH'],
    many: ['ACTIVE', 'INACTIVE'],
    valid: true,
    quote: 'a "b"',
    items: [{ id: 1 }, { id: 2 }, {}],
  },
};
const delivered = {
  text: JSON.stringify(event),
  ruleArn: 'arn:rule',
  ruleName: 'rule',
  ingestionTime: '2026-01-31T12:00:01Z',
};
const paths = {
  payload: '$.detail.payload',
  userId: '$.detail.payload.acc_id',
  one: '$.detail.one',
  many: '$.detail.many',
  none: '$.detail.none',
  valid: '$.detail.valid',
  quote: '$.detail.quote',
};

describe('input templates', () => {
  for (const { id, template, text } of cases) {
    it(id, () => {
      const made = compileInput({ transformer: { paths, template } })(delivered);
      if (text === null) assert.ok('refused' in made);
      else assert.deepEqual(made, { text });
    });
  }

  it('have the event, whole and without its detail', () => {
    const template = '{"event": <aws.events.event>, "json": <aws.events.event.json>}';
    const made = compileInput({ transformer: { paths: {}, template } })(delivered);
    assert.ok('text' in made);
    const { detail: _, 'detail-type': detailType, ...rest } = event;
    assert.deepEqual(JSON.parse(made.text), { event: { ...rest, detailType }, json: event });
  });

  it('give JSON, whatever the event holds, where texts are in quotes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const text = JSON.stringify({ ...event, detail: { value } });
        const template = '{"a": "<v>", "b": <v>}';
        const made = compileInput({ transformer: { paths: { v: '$.detail.value' }, template } })({
          ...delivered,
          text,
        });
        assert.ok('text' in made);
        assert.deepEqual(JSON.parse(made.text), { a: value, b: value });
      }),
    );
  });

  it('name their placeholders', () => {
    assert.deepEqual(placeholdersIn('{"a": "<b> < c >", "d": <aws.events.event>}'), ['b', 'aws.events.event']);
  });
});

describe('paths', () => {
  const found: readonly (readonly [string, unknown])[] = [
    ['$', event],
    ['$.detail.payload.sf_id', 'baz'],
    ["$['detail-type']", 't'],
    ['$.detail-type', 't'],
    ['$.detail.items[1].id', 2],
    ['$.detail.items[*].id', [1, 2]],
    ['$.detail.many[0]', 'ACTIVE'],
    ['$.detail.none.deeper', undefined],
    ['$.detail.many[9]', undefined],
    ['$.constructor', undefined],
  ];
  for (const [text, value] of found) {
    it(text, () => assert.deepEqual(followJsonPath(parseJsonPath(text) ?? [], event), value));
  }
  for (const text of ['', 'detail', '$.', '$..a', '$[?(@.a)]', '$[0:2]', '$.a b', '$[']) {
    it(`\`${text}\` is none`, () => assert.equal(parseJsonPath(text), undefined));
  }
});

describe('texts of events', () => {
  it('lose their spaces and nothing else', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(' ', '\t', 2), (json, space) => {
        const value: unknown = JSON.parse(json);
        assert.equal(compactJson(JSON.stringify(value, undefined, space)), JSON.stringify(value));
      }),
    );
    assert.equal(
      compactJson('{ "a" : 1.0e5,\n "b\\" " : 12345678901234567890 }'),
      '{"a":1.0e5,"b\\" ":12345678901234567890}',
    );
  });

  it('get the name of a replay before their detail', () => {
    const text = `${JSON.stringify({ ...event, detail: undefined }).slice(0, -1)},"detail":{"detail":{"big":12345678901234567890}}}`;
    assert.equal(
      replayedText(text, 'again'),
      text.replace(',"detail":{"detail"', ',"replay-name":"again","detail":{"detail"'),
    );
  });
});
