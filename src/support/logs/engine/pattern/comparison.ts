import { regex } from './regex.ts';
import { invalidPattern, PatternError, type Scanner } from './scanner.ts';
import { wildcard } from './text.ts';

/** How a value of a message is compared. */
export type Comparison = {
  /** @param value a scalar; null where JSON says so */
  readonly holds: (value: Scalar) => boolean;
  readonly regexes: number;
};

export type Scalar = string | number | boolean | null;

const operators = ['!=', '<=', '>=', '=', '<', '>'] as const;
type Operator = (typeof operators)[number];

const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** The operator that is next, if one is. */
export function takeOperator(scanner: Scanner): Operator | undefined {
  return operators.find((operator) => scanner.take(operator));
}

/**
 * Reads what stands behind an operator: a number, a text in quotes or without, with `*` for anything, or an expression.
 *
 * @param stop characters that end an unquoted text
 * @throws PatternError
 */
export function takeComparison(scanner: Scanner, operator: Operator, stop: RegExp): Comparison {
  scanner.space();
  const equality = operator === '=' || operator === '!=';
  const negated = operator === '!=';
  if (scanner.take('%')) {
    if (!equality) throw new PatternError(invalidPattern);
    const { matches } = regex(scanner.regex());
    return { holds: (value) => value !== null && matches(String(value)) !== negated, regexes: 1 };
  }
  if (scanner.take('"')) {
    if (!equality) throw new PatternError(invalidPattern);
    const matches = wildcard(scanner.quoted('"'));
    return { holds: (value) => (value === null ? negated : matches(String(value)) !== negated), regexes: 0 };
  }
  const bare = scanner.until(stop);
  if (bare === '' || bare.includes('"')) throw new PatternError(invalidPattern);
  if (!number.test(bare)) {
    if (!equality) throw new PatternError(invalidPattern);
    const matches = wildcard(bare);
    return { holds: (value) => (value === null ? negated : matches(String(value)) !== negated), regexes: 0 };
  }
  return { holds: numeric(operator, Number(bare)), regexes: 0 };
}

function numeric(operator: Operator, wanted: number): Comparison['holds'] {
  return (value) => {
    const actual = numberOf(value);
    if (actual === undefined) return operator === '!=';
    switch (operator) {
      case '=':
        return actual === wanted;
      case '!=':
        return actual !== wanted;
      case '<':
        return actual < wanted;
      case '<=':
        return actual <= wanted;
      case '>':
        return actual > wanted;
      case '>=':
        return actual >= wanted;
    }
  };
}

/** A number, also one that a text spells. */
export function numberOf(value: Scalar | undefined): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.length > 64) return undefined;
  const text = value.trim();
  return number.test(text) ? Number(text) : undefined;
}
