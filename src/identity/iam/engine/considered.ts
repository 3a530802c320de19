import type { CompiledPolicy } from './compile.ts';
import type { PolicyLayer } from './decision.ts';
import type { PolicySets } from './request.ts';

/** One policy in its place. */
export type ConsideredPolicy = {
  readonly layer: PolicyLayer;
  readonly target: string | undefined;
  readonly policy: CompiledPolicy;
};

/** Every policy of the sets, in the order of the layers. */
export function consideredPolicies(policies: PolicySets): readonly ConsideredPolicy[] {
  const at = (layer: PolicyLayer, list: readonly CompiledPolicy[] | null, target?: string) =>
    (list ?? []).map((policy) => ({ layer, target, policy }));
  return [
    ...policies.rcps.flatMap((level) => at('rcp', level.policies, level.target)),
    ...policies.scps.flatMap((level) => at('scp', level.policies, level.target)),
    ...at('endpoint', policies.endpoint),
    ...at('resource', policies.resource === null ? null : [policies.resource]),
    ...at('identity', policies.identity),
    ...at('boundary', policies.boundaries),
    ...at('session', policies.session),
  ];
}
