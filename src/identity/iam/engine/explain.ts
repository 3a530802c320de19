import type { PolicySource } from './compile.ts';
import { consideredPolicies } from './considered.ts';
import type { Decision, PolicyLayer } from './decision.ts';
import type { Effect } from './document/policy.ts';
import { examine, type Mismatch } from './examine.ts';
import { inquire } from './inquiry.ts';
import type { AuthorizationRequest, PolicySets } from './request.ts';

/**
 * The full account of a decision: every policy that was looked at, every statement that matched, and what kept the others from
 * matching.
 */
export type Explanation = {
  readonly request: AuthorizationRequest;
  readonly decision: Decision;
  readonly policies: readonly ExplainedPolicy[];
};

export type ExplainedPolicy = {
  readonly layer: PolicyLayer;
  readonly target: string | undefined;
  readonly source: PolicySource;
  /** False when this layer does not bear on the request, whatever it says: SCPs on the management account, for instance. */
  readonly applies: boolean;
  readonly statements: readonly ExplainedStatement[];
};

export type ExplainedStatement = {
  readonly index: number;
  readonly sid: string | undefined;
  readonly effect: Effect;
  /** `almost`: it covers the action, or only one element stands in the way. */
  readonly outcome: 'matched' | 'almost' | 'no match';
  readonly mismatches: readonly Mismatch[];
};

/** @param decision what `decide` answered for the same request and policies */
export function explain(request: AuthorizationRequest, policies: PolicySets, decision: Decision): Explanation {
  const inquiry = inquire(request, policies.boundaries !== null);
  return {
    request,
    decision,
    policies: consideredPolicies(policies).map(({ layer, target, policy }) => ({
      layer,
      target,
      source: policy.source,
      applies: decision.trace[layer] !== 'not-applicable',
      statements: policy.statements.map((statement) => {
        const mismatches = examine(statement, inquiry);
        const { index, sid, effect } = statement.statement;
        return { index, sid, effect, outcome: outcomeOf(mismatches), mismatches };
      }),
    })),
  };
}

function outcomeOf(mismatches: readonly Mismatch[]): ExplainedStatement['outcome'] {
  if (mismatches.length === 0) return 'matched';
  const almost = mismatches.length === 1 || !mismatches.some((mismatch) => mismatch.element === 'action');
  return almost ? 'almost' : 'no match';
}

/** For people: one line per policy, one per statement that matched or almost did. */
export function explanationText({ request, decision, policies }: Explanation): string {
  const { principal, action, resource } = request;
  const lines = [
    `${decision.decision} (${decision.layer}): ${decision.reason}`,
    `  ${principal ?? 'anonymous'} ${action} ${resource}`,
  ];
  for (const { layer, target, source, applies, statements } of policies) {
    const place = target === undefined ? layer : `${layer} at ${target}`;
    lines.push(`${place}: ${source.name}${applies ? '' : ' (does not bear on this request)'}`);
    const shown = statements.filter(({ outcome }) => outcome !== 'no match');
    for (const { index, sid, effect, outcome, mismatches } of shown) {
      const name = sid === undefined ? `statement ${index}` : `statement ${index} \`${sid}\``;
      const why = mismatches.map(mismatchText).join('; ');
      lines.push(`  ${effect} ${name}: ${outcome === 'matched' ? 'matches' : `does not match: ${why}`}`);
    }
    if (shown.length === 0) lines.push(`  none of ${statements.length} statements comes near`);
  }
  if (decision.missing.length > 0) lines.push(`context keys asked for but absent: ${decision.missing.join(', ')}`);
  return lines.join('\n');
}

export function mismatchText(mismatch: Mismatch): string {
  if (mismatch.element === 'condition') {
    const { operator, key, expected, actual } = mismatch;
    return `${operator} \`${key}\` wants ${list(expected)}, the request has ${actual === undefined ? 'no such key' : list(actual)}`;
  }
  const values = mismatch.element === 'principal' ? mismatch.named.map(pinnedText) : mismatch.patterns;
  return `the ${mismatch.element} is ${mismatch.negated ? 'among' : 'not among'} ${list(values)}`;
}

/** A principal as it is kept, `ARN#ID`: who is named, and which of those that ever had the name. */
function pinnedText(named: string): string {
  return named.replace(/#(A[A-Z0-9]{15,})$/, ' ($1)');
}

function list(values: readonly string[]): string {
  return values.map((value) => `\`${value}\``).join(', ') || 'nothing';
}
