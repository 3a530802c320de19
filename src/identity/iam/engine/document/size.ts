import type { PolicyKind } from './policy.ts';

/**
 * How long a policy is to AWS: IAM counts characters without white space, Organizations counts all of them (IAM quotas;
 * Organizations, "Maximum size of SCPs").
 *
 * @example policySize('{ "a": 1 }', 'identity') // 7
 */
export function policySize(text: string, kind: PolicyKind): number {
  return kind === 'scp' || kind === 'rcp' ? text.length : text.replace(/\s/g, '').length;
}
