import type { PatternList } from './engine/document/policy.ts';
import type { Policy } from './engine/engine.ts';
import { globOf, matchesGlob, tokensOf } from './engine/matching/glob.ts';

/**
 * Whether a policy allows anything at all in a service. Conditions and denials are not asked: AWS says of such lists that the
 * policies may still not give access.
 *
 * @param namespace prefix of the service's actions: `kms`
 */
export function grantsService(policy: Policy, namespace: string): boolean {
  return policy.statements.some(({ effect, actions }) => effect === 'Allow' && reaches(actions, namespace));
}

function reaches({ negated, patterns }: PatternList, namespace: string): boolean {
  if (negated) return !patterns.some((pattern) => /^[^:]*(:\*)?$/.test(pattern) && inService(pattern, namespace));
  return patterns.some((pattern) => inService(pattern, namespace));
}

/** The part before the colon decides; `*` alone is every service. */
function inService(pattern: string, namespace: string): boolean {
  const service = pattern.split(':', 1)[0] ?? '';
  return matchesGlob(globOf(tokensOf(service.toLowerCase())), namespace);
}
