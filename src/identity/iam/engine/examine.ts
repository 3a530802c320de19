import type { CompiledStatement } from './compile.ts';
import type { Inquiry } from './inquiry.ts';
import { keyOf } from './matching/context.ts';
import { NOT_NAMED } from './matching/principal.ts';

/** Why a statement does not match: every element that stands in the way, not only the first. */
export type Mismatch =
  | { readonly element: 'action' | 'resource'; readonly negated: boolean; readonly patterns: readonly string[] }
  | { readonly element: 'principal'; readonly negated: boolean; readonly named: readonly string[] }
  | {
      readonly element: 'condition';
      readonly operator: string;
      readonly key: string;
      readonly expected: readonly string[];
      /** Undefined when the request does not have the key. */
      readonly actual: readonly string[] | undefined;
    };

/** @returns nothing when the statement matches */
export function examine(statement: CompiledStatement, inquiry: Inquiry): readonly Mismatch[] {
  const { actions, resources, principals } = statement.statement;
  const mismatches: Mismatch[] = [];
  if (!statement.coversAction(inquiry.request.action.toLowerCase())) mismatches.push({ element: 'action', ...actions });
  if (resources !== undefined && !statement.coversResource(inquiry))
    mismatches.push({ element: 'resource', ...resources });
  if (principals !== undefined && statement.coversPrincipal?.(inquiry) === NOT_NAMED) {
    const { negated, anyone, aws, service, federated, canonicalUser } = principals;
    const named = [...(anyone ? ['*'] : []), ...aws, ...service, ...federated, ...canonicalUser];
    mismatches.push({ element: 'principal', negated, named });
  }
  for (const { source, holds } of statement.conditions) {
    if (holds(inquiry)) continue;
    const { operator, key, values } = source;
    mismatches.push({ element: 'condition', operator, key, expected: values, actual: inquiry.context.get(keyOf(key)) });
  }
  return mismatches;
}
