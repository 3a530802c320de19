import { type CompiledCondition, compileCondition } from './conditions/condition.ts';
import type { Effect, Policy, PolicyKind, Statement } from './document/policy.ts';
import { type ActionMatcher, actionMatcherOf } from './matching/action.ts';
import { type PrincipalMatcher, principalMatcherOf } from './matching/principal.ts';
import { type ResourceMatcher, resourceMatcherOf } from './matching/resource.ts';

/**
 * Compiling: what can be known of a policy before the request comes is worked out once, so that a decision only compares.
 */

/** What a policy is and where it comes from, for decisions and explanations. */
export type PolicySource = {
  readonly kind: PolicyKind;
  /** The name people know: `AdministratorAccess`, `inline: deploy`, `bucket policy of b`. */
  readonly name: string;
  /** ARN of a managed policy. */
  readonly arn?: string | undefined;
};

export type CompiledStatement = {
  readonly statement: Statement;
  readonly source: PolicySource;
  readonly effect: Effect;
  /** Takes the action in lower case. */
  readonly coversAction: ActionMatcher;
  readonly coversResource: ResourceMatcher;
  /** Undefined when the statement names no principals. */
  readonly coversPrincipal: PrincipalMatcher | undefined;
  readonly conditions: readonly CompiledCondition[];
};

export type CompiledPolicy = {
  readonly source: PolicySource;
  readonly policy: Policy;
  readonly statements: readonly CompiledStatement[];
  /** The statements that cover an action, in order. */
  readonly covering: (action: string) => readonly CompiledStatement[];
};

/**
 * @param policy a document that was read by `readPolicy` or `parsePolicy`
 * @example compile(policy, { kind: 'identity', name: 'AdministratorAccess' })
 */
export function compile(policy: Policy, source: PolicySource): CompiledPolicy {
  const variables = policy.version === '2012-10-17';
  const statements = policy.statements.map((statement) => compileStatement(statement, source, variables));
  return { source, policy, statements, covering: coveringOf(statements) };
}

function compileStatement(statement: Statement, source: PolicySource, variables: boolean): CompiledStatement {
  return {
    statement,
    source,
    effect: statement.effect,
    coversAction: actionMatcherOf(statement.actions),
    coversResource:
      statement.resources === undefined
        ? withoutResource(statement, source.kind)
        : resourceMatcherOf(statement.resources, variables),
    coversPrincipal: principalMatcherOf(statement.principals, statement.effect === 'Deny'),
    conditions: statement.conditions.map((condition) => compileCondition(condition, variables)),
  };
}

/**
 * A policy on a resource may leave `Resource` out: it speaks of what it is attached to. Elsewhere AWS refuses such a statement;
 * one that comes all the same grants nothing and denies everything.
 */
function withoutResource({ effect }: Statement, kind: PolicyKind): ResourceMatcher {
  const attached = kind === 'resource' || kind === 'trust' || kind === 'key';
  return () => attached || effect === 'Deny';
}

/** Which statements cover an action depends on nothing else, and actions repeat; the limit keeps odd callers from filling memory. */
const MAX_REMEMBERED = 512;

function coveringOf(statements: readonly CompiledStatement[]): CompiledPolicy['covering'] {
  const remembered = new Map<string, readonly CompiledStatement[]>();
  return (action) => {
    let found = remembered.get(action);
    if (found === undefined) {
      const lower = action.toLowerCase();
      found = statements.filter((statement) => statement.coversAction(lower));
      if (remembered.size >= MAX_REMEMBERED) remembered.clear();
      remembered.set(action, found);
    }
    return found;
  };
}
