import type { Resolver } from '../matching/template.ts';

/**
 * A condition operator: how one value of a policy is compared with one value of a request.
 *
 * The set prefixes (`ForAllValues:`, `ForAnyValue:`), `IfExists`, absent keys and lists of values are the same for all operators
 * and live in condition.ts; an operator's file holds only the comparison.
 */
export type Operator = {
  /** As in policies. */
  readonly name: string;
  /** `StringNotEquals` and its like: true when no value matches, and for absent keys. */
  readonly negated: boolean;
  /** @returns undefined when the policy's value is no value of this operator: it then matches nothing. */
  readonly compile: (value: string, options: { readonly variables: boolean }) => ValueTest | undefined;
};

export type ValueTest = (value: string, resolve: Resolver) => boolean;

/** The twin of an operator that holds when the other does not. */
export function negationOf(operator: Operator, name: string): Operator {
  return { name, negated: true, compile: operator.compile };
}
