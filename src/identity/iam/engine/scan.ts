import type { CompiledPolicy, CompiledStatement } from './compile.ts';
import type { LayerOutcome, MatchedStatement, PolicyLayer } from './decision.ts';
import type { Inquiry } from './inquiry.ts';
import { CALLER_NAMED, type Closeness, NOT_NAMED } from './matching/principal.ts';
import type { PolicyLevel } from './request.ts';

/** Asks the policies of one layer. Nothing is allocated for statements that do not match. */

/** How closely a statement covers the request; 0 when it does not. */
export function coverage(statement: CompiledStatement, inquiry: Inquiry): Closeness {
  if (!statement.coversResource(inquiry)) return NOT_NAMED;
  const closeness = statement.coversPrincipal?.(inquiry) ?? CALLER_NAMED;
  if (closeness === NOT_NAMED) return NOT_NAMED;
  for (const condition of statement.conditions) if (!condition.holds(inquiry)) return NOT_NAMED;
  return closeness;
}

export type Findings = {
  /** The closest `Allow`. */
  readonly allow: Closeness;
  readonly deny: boolean;
};

const NOTHING: Findings = { allow: NOT_NAMED, deny: false };

/** One policy; what matches is added to `matched`. */
export function scanPolicy(
  policy: CompiledPolicy,
  inquiry: Inquiry,
  layer: PolicyLayer,
  target: string | undefined,
  matched: MatchedStatement[],
): Findings {
  const statements = policy.covering(inquiry.request.action);
  let allow: Closeness = NOT_NAMED;
  let deny = false;
  for (const statement of statements) {
    const closeness = coverage(statement, inquiry);
    if (closeness === NOT_NAMED) continue;
    if (statement.effect === 'Deny') deny = true;
    else if (closeness > allow) allow = closeness;
    const { index, sid, effect, start, end } = statement.statement;
    matched.push({ layer, target, policy: policy.source, index, sid, effect, start, end });
  }
  return allow === NOT_NAMED && !deny ? NOTHING : { allow, deny };
}

/** A set of policies that count together: one allow suffices, one deny prevails. null: there is no such set. */
export function scanSet(
  policies: readonly CompiledPolicy[] | null,
  inquiry: Inquiry,
  layer: PolicyLayer,
  matched: MatchedStatement[],
): LayerOutcome {
  if (policies === null) return 'not-applicable';
  let outcome: LayerOutcome = 'implicitly-denied';
  for (const policy of policies) {
    const { allow, deny } = scanPolicy(policy, inquiry, layer, undefined, matched);
    if (deny) outcome = 'explicitly-denied';
    else if (allow !== NOT_NAMED && outcome === 'implicitly-denied') outcome = 'allowed';
  }
  return outcome;
}

/**
 * Organization policies: every level from the root to the account must allow, and none may deny.
 * @param allowsByNature RCPs: `RCPFullAWSAccess` is attached everywhere and cannot be detached, so a level always allows
 */
export function scanLevels(
  levels: readonly PolicyLevel[],
  inquiry: Inquiry,
  layer: 'scp' | 'rcp',
  allowsByNature: boolean,
  matched: MatchedStatement[],
): LayerOutcome {
  let outcome: LayerOutcome = 'allowed';
  for (const { target, policies } of levels) {
    let allowed = allowsByNature;
    for (const policy of policies) {
      const { allow, deny } = scanPolicy(policy, inquiry, layer, target, matched);
      if (deny) outcome = 'explicitly-denied';
      if (allow !== NOT_NAMED) allowed = true;
    }
    if (!allowed && outcome === 'allowed') outcome = 'implicitly-denied';
  }
  return outcome;
}
