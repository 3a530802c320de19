import { strict as assert } from 'node:assert';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { filled } from './delegation-template.ts';
import type { PolicyParameter } from './records-delegation.ts';

const one = (Name: string, value: string): PolicyParameter => ({ Name, Values: [value], Type: 'string' });
const list = (Name: string, ...Values: string[]): PolicyParameter => ({ Name, Values, Type: 'stringList' });

const cases: readonly (readonly [string, object, readonly PolicyParameter[], object | RegExp])[] = [
  ['no parameter', { Resource: '*' }, [], { Resource: '*' }],
  ['a part of a string', { Resource: 'a/@{where}/*' }, [one('where', 'b')], { Resource: 'a/b/*' }],
  ['the same twice', { Resource: '@{where}-@{where}' }, [one('where', 'b')], { Resource: 'b-b' }],
  ['a list', { Resource: '@{where}' }, [list('where', 'a', 'b')], { Resource: ['a', 'b'] }],
  ['a list among others', { Resource: ['x', '@{where}'] }, [list('where', 'a', 'b')], { Resource: ['x', 'a', 'b'] }],
  ['a value is not read again', { Resource: '@{where}' }, [one('where', '@{where}')], { Resource: '@{where}' }],
  ['a list in a string', { Resource: 'a@{where}' }, [list('where', 'b')], /asks for where/],
  ['one that is missing', { Resource: '@{where}' }, [], /asks for where/],
  ['one that nobody asked for', { Resource: '*' }, [one('where', 'b')], /has no parameter where/],
  ['one given twice', { Resource: '@{where}' }, [one('where', 'a'), one('where', 'b')], /given twice/],
  ['one without a value', { Resource: '@{where}' }, [list('where')], /has 0 values/],
  [
    'a string with two values',
    { Resource: '@{w}' },
    [{ Name: 'w', Values: ['a', 'b'], Type: 'string' }],
    /has 2 values/,
  ],
];

describe('a policy template', () => {
  for (const [what, template, parameters, expected] of cases) {
    it(`takes or refuses ${what}`, () => {
      const result = filled(JSON.stringify(template), parameters);
      if (expected instanceof RegExp) assert.match('wrong' in result ? result.wrong : '', expected);
      else assert.deepEqual('text' in result ? JSON.parse(result.text) : result, expected);
    });
  }

  it('keeps its structure whatever the value', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const result = filled('{"Effect":"Deny","Resource":"x@{where}"}', [one('where', value)]);
        assert.deepEqual('text' in result && JSON.parse(result.text), { Effect: 'Deny', Resource: `x${value}` });
      }),
      { numRuns: 500 },
    );
  });
});
