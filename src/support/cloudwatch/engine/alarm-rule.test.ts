import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type AlarmState, alarmsIn, holds, parseAlarmRule } from './alarm-rule.ts';

const states: Readonly<Record<string, AlarmState>> = { a: 'ALARM', b: 'OK', 'with space': 'ALARM' };
const stateOf = (alarm: string) => states[alarm] ?? 'INSUFFICIENT_DATA';

const cases: readonly (readonly [rule: string, holds: boolean | undefined])[] = [
  ['ALARM(a)', true],
  ['ALARM("b")', false],
  ['OK("b")', true],
  ['INSUFFICIENT_DATA(gone)', true],
  ['ALARM("with space")', true],
  ['NOT ALARM(a)', false],
  ['not alarm(a) or ok(b)', true],
  ['ALARM(b) OR ALARM(a) AND OK(a)', false],
  ['(ALARM(b) OR ALARM(a)) AND NOT OK(a)', true],
  ['TRUE AND NOT FALSE', true],
  ['  TRUE  ', true],
  ['', undefined],
  ['ALARM()', undefined],
  ['ALARM(a', undefined],
  ['ALARM(a) ALARM(b)', undefined],
  ['AND TRUE', undefined],
  ['TRUE AND', undefined],
  ['MAYBE(a)', undefined],
  ['(TRUE', undefined],
];

for (const [text, expected] of cases) {
  test(`\`${text}\` ${expected === undefined ? 'is no rule' : `is ${expected}`}`, () => {
    const rule = parseAlarmRule(text);
    assert.equal(rule && holds(rule, stateOf), expected);
  });
}

test('the alarms of a rule, each once', () => {
  const rule = parseAlarmRule('ALARM(a) AND (OK(b) OR NOT ALARM(a))');
  assert.deepEqual(rule && alarmsIn(rule), ['a', 'b']);
});

test('any text is a rule or none, in little time', () => {
  const part = fc.constantFrom('ALARM(a)', 'OK("b")', 'NOT', 'AND', 'OR', '(', ')', 'TRUE', '"', ' ', 'x');
  fc.assert(
    fc.property(fc.array(part, { maxLength: 400 }), (parts) => {
      const rule = parseAlarmRule(parts.join(' '));
      if (rule !== undefined) holds(rule, stateOf);
    }),
  );
  assert.equal(parseAlarmRule('('.repeat(100_000)), undefined);
  assert.equal(parseAlarmRule(`${'NOT '.repeat(400)}TRUE`), undefined);
});
