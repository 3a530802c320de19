import type { Condition } from '../document/policy.ts';
import { type Inquiry, valuesOf } from '../inquiry.ts';
import { keyOf } from '../matching/context.ts';
import { expectsAbsence, NULL } from './null.ts';
import type { Operator, ValueTest } from './operator.ts';
import { OPERATORS } from './registry.ts';

/**
 * One key under one operator, ready to be asked (IAM user guide, "Condition operators", "Single-valued vs. multivalued keys").
 *
 * | the key is absent | result |
 * |---|---|
 * | `…IfExists` | true |
 * | `ForAllValues:` | true, negated or not |
 * | `ForAnyValue:` | false, negated or not |
 * | negated operator | true |
 * | any other | false |
 *
 * Several values in the policy are alternatives; a negated operator holds when none of them matches. Several values in the
 * request need a set prefix; without one they are alternatives too, and a negated operator must hold for each of them.
 */
export type CompiledCondition = {
  readonly source: Condition;
  readonly holds: (inquiry: Inquiry) => boolean;
};

export type OperatorName = {
  readonly set: 'all' | 'any' | undefined;
  readonly name: string;
  readonly ifExists: boolean;
};

/** Takes `ForAllValues:StringLikeIfExists` apart. Undefined when it is no operator. */
export function operatorNameOf(text: string): OperatorName | undefined {
  const set = text.startsWith('ForAllValues:') ? 'all' : text.startsWith('ForAnyValue:') ? 'any' : undefined;
  const rest = set === undefined ? text : text.slice(text.indexOf(':') + 1);
  const ifExists = rest.endsWith('IfExists');
  const name = ifExists ? rest.slice(0, -'IfExists'.length) : rest;
  if (name === NULL) return ifExists ? undefined : { set: undefined, name, ifExists };
  return OPERATORS.has(name) ? { set, name, ifExists } : undefined;
}

/** @param variables false for documents of 2008-10-17 */
export function compileCondition(source: Condition, variables: boolean): CompiledCondition {
  const parsed = operatorNameOf(source.operator);
  const operator = parsed && OPERATORS.get(parsed.name);
  if (parsed?.name === NULL) return { source, holds: nullTest(source) };
  // `readPolicy` refuses unknown operators; a policy made otherwise gets a condition that never holds.
  if (parsed === undefined || operator === undefined) return { source, holds: () => false };
  return { source, holds: comparison(source, parsed, operator, variables) };
}

function nullTest({ key: name, values }: Condition): (inquiry: Inquiry) => boolean {
  const key = keyOf(name);
  const whenAbsent = values.some((value) => expectsAbsence(value) === true);
  const whenPresent = values.some((value) => expectsAbsence(value) === false);
  return (inquiry) => (valuesOf(inquiry, key, name) === undefined ? whenAbsent : whenPresent);
}

function comparison(source: Condition, parsed: OperatorName, operator: Operator, variables: boolean) {
  const name = source.key;
  const key = keyOf(name);
  const tests = source.values
    .map((value) => operator.compile(value, { variables }))
    .filter((test): test is ValueTest => test !== undefined);
  const { negated } = operator;
  const { set } = parsed;
  const whenAbsent = parsed.ifExists || set === 'all' || (set === undefined && negated);
  // Negated with a set: each request value is judged on its own. Negated without: no value may match.
  const every = set === 'all' || (set === undefined && negated);
  return (inquiry: Inquiry): boolean => {
    const values = valuesOf(inquiry, key, name);
    if (values === undefined) return whenAbsent;
    if (set === 'all' && isEmptyText(values)) return true;
    for (const value of values) {
      if ((matchesAny(tests, value, inquiry) !== negated) !== every) return !every;
    }
    return every;
  };
}

function matchesAny(tests: readonly ValueTest[], value: string, inquiry: Inquiry): boolean {
  for (const test of tests) if (test(value, inquiry.resolve)) return true;
  return false;
}

/** `ForAllValues` is true for a key that "resolves to a null dataset, such as an empty string". */
function isEmptyText(values: readonly string[]): boolean {
  return values.length === 1 && values[0] === '';
}
