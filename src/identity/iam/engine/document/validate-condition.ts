import { operatorNameOf } from '../conditions/condition.ts';
import { expectsAbsence, NULL } from '../conditions/null.ts';
import { OPERATORS } from '../conditions/registry.ts';
import type { Condition, GrammarError, Statement } from './policy.ts';
import { LEGACY } from './read.ts';

/** @returns the first condition whose values are none of its operator's type */
export function conditionFault(statement: Statement): GrammarError | undefined {
  for (const condition of statement.conditions) {
    const message = fault(condition);
    if (message !== undefined) {
      return { message, path: `Statement[${statement.index}].Condition.${condition.operator}.${condition.key}` };
    }
  }
  return undefined;
}

function fault({ operator, values }: Condition): string | undefined {
  const parsed = operatorNameOf(operator);
  if (parsed === undefined) return 'Syntax errors in policy.';
  if (parsed.name === NULL) {
    return values.every((value) => expectsAbsence(value) !== undefined) ? undefined : 'Syntax errors in policy.';
  }
  const known = OPERATORS.get(parsed.name);
  const valid = values.every((value) => known?.compile(value, { variables: true }) !== undefined);
  if (valid) return undefined;
  return parsed.name.startsWith('Date') ? LEGACY : 'Syntax errors in policy.';
}
