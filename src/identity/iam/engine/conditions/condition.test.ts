import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { inquire } from '../inquiry.ts';
import type { ContextValue } from '../matching/context.ts';
import { compileCondition, operatorNameOf } from './condition.ts';
import { OPERATORS } from './registry.ts';

function holds(operator: string, values: readonly string[], actual: ContextValue): boolean {
  const condition = compileCondition({ operator, key: 'x:k', values }, true);
  const request = { principal: null, action: 'x:A', resource: '*', context: { 'x:k': actual } };
  return condition.holds(inquire(request, false));
}

test('there are 26 operators, and each has its file’s name', () => {
  assert.equal(OPERATORS.size, 26);
  for (const [name, operator] of OPERATORS) assert.equal(operator.name, name);
});

test('operator names: prefixes and suffixes', () => {
  assert.deepEqual(operatorNameOf('ForAllValues:StringLikeIfExists'), {
    set: 'all',
    name: 'StringLike',
    ifExists: true,
  });
  assert.deepEqual(operatorNameOf('Null'), { set: undefined, name: 'Null', ifExists: false });
  for (const text of [
    'stringequals',
    'NullIfExists',
    'ForAllValues::Bool',
    'ForSome:Bool',
    '',
    'IfExists',
    'toString',
  ]) {
    assert.equal(operatorNameOf(text), undefined, text);
  }
});

/** Set semantics by definition, over StringEquals: what `for all` and `for any` mean in logic. */
test('set operators agree with logic', () => {
  const word = fc.constantFrom<string>('a', 'b', 'c');
  const words = fc.array(word, { maxLength: 3 });
  fc.assert(
    fc.property(words, words, (policy, actual) => {
      const among = (value: string) => policy.includes(value);
      assert.equal(holds('ForAllValues:StringEquals', policy, actual), actual.every(among));
      assert.equal(holds('ForAnyValue:StringEquals', policy, actual), actual.some(among));
      assert.equal(
        holds('ForAllValues:StringNotEquals', policy, actual),
        actual.every((value) => !among(value)),
      );
      assert.equal(
        holds('ForAnyValue:StringNotEquals', policy, actual),
        actual.some((value) => !among(value)),
      );
      assert.equal(holds('StringEquals', policy, actual), actual.some(among));
      assert.equal(holds('StringNotEquals', policy, actual), !actual.some(among));
    }),
  );
});

test('absent keys, for every operator', () => {
  for (const [name, { negated }] of OPERATORS) {
    const values = ['1'];
    assert.equal(holds(name, values, undefined), negated, name);
    assert.equal(holds(`${name}IfExists`, values, undefined), true, `${name}IfExists`);
    assert.equal(holds(`ForAllValues:${name}`, values, undefined), true, `ForAllValues:${name}`);
    assert.equal(holds(`ForAnyValue:${name}`, values, undefined), false, `ForAnyValue:${name}`);
    assert.equal(holds(`ForAnyValue:${name}IfExists`, values, undefined), true, `ForAnyValue:${name}IfExists`);
  }
});

test('no operator throws or holds for nonsense by accident', () => {
  fc.assert(
    fc.property(fc.constantFrom(...OPERATORS.keys()), fc.string(), fc.string(), (name, value, actual) => {
      assert.equal(typeof holds(name, [value], actual), 'boolean');
    }),
    { numRuns: 3_000 },
  );
});

test('an unknown operator never holds', () => assert.equal(holds('Sometimes', ['a'], 'a'), false));
