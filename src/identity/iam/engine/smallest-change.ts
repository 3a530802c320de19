import { type CompiledPolicy, compile, type PolicySource } from './compile.ts';
import { consideredPolicies } from './considered.ts';
import { decide } from './decide.ts';
import type { Decision, MatchedStatement, PolicyLayer } from './decision.ts';
import type { PolicyKind } from './document/policy.ts';
import { readPolicy } from './document/read.ts';
import { examine } from './examine.ts';
import { inquire } from './inquiry.ts';
import { isAccountId } from './matching/arn.ts';
import { principalArnOf } from './principal.ts';
import type { AuthorizationRequest, PolicyLevel, PolicySets } from './request.ts';
import { resourceMustAllow } from './rules/resource-side.ts';

/** What would have to be different for a denied request to be allowed. */
export type Change =
  | {
      readonly kind: 'add-statement';
      readonly layer: PolicyLayer;
      readonly target: string | undefined;
      /** In the policy language. */
      readonly statement: Readonly<Record<string, unknown>>;
    }
  | {
      readonly kind: 'remove-statement';
      readonly layer: PolicyLayer;
      readonly target: string | undefined;
      readonly policy: PolicySource;
      readonly index: number;
      readonly sid: string | undefined;
    }
  | { readonly kind: 'set-context'; readonly key: string; readonly value: string }
  | { readonly kind: 'turn-off'; readonly setting: 's3.blockPublicAccess' };

/** A decision has seven layers of policies; more steps than this would be no small change. */
const MAX_STEPS = 12;

/**
 * Looks for the fewest changes that allow the request: one that does it alone if there is one, else layer by layer. Facts of the
 * request that are merely absent come before changes of policies. Each answer was tried: deciding again with the changes allows.
 *
 * @returns nothing for a request that is allowed; undefined when no change of these kinds helps
 * @example smallestChange(request, policies) // [{ kind: 'set-context', key: 'aws:MultiFactorAuthPresent', value: 'true' }]
 */
export function smallestChange(request: AuthorizationRequest, policies: PolicySets): readonly Change[] | undefined {
  const changes: Change[] = [];
  let situation: Situation = { request, policies };
  for (let step = 0; step < MAX_STEPS; step++) {
    const decision = decide(situation.request, situation.policies);
    if (decision.decision === 'Allowed') return changes;
    const candidates = candidatesFor(situation, decision);
    const settling = candidates.find((change) => verdictAfter(situation, change) === 'Allowed');
    const chosen = settling ?? candidates.at(-1);
    if (chosen === undefined) return undefined;
    changes.push(chosen);
    situation = apply(situation, chosen);
  }
  return undefined;
}

type Situation = { readonly request: AuthorizationRequest; readonly policies: PolicySets };

function verdictAfter(situation: Situation, change: Change): Decision['decision'] {
  const { request, policies } = apply(situation, change);
  return decide(request, policies).decision;
}

/** From the least intrusive on; the last one always takes away what decided. */
function candidatesFor(situation: Situation, decision: Decision): readonly Change[] {
  if (decision.decision === 'ExplicitlyDenied') {
    const denying = decision.statements.find(({ effect, layer }) => effect === 'Deny' && layer === decision.layer);
    return denying === undefined ? [] : [...absentFacts(situation, 'Deny'), removal(denying)];
  }
  if (decision.layer === 'service-setting') return [{ kind: 'turn-off', setting: 's3.blockPublicAccess' }];
  const layer = decision.layer as PolicyLayer; // INVARIANT: only policy layers and settings deny
  return [...absentFacts(situation, 'Allow'), ...additions(situation, layer)];
}

function removal({ layer, target, policy, index, sid }: MatchedStatement): Change {
  return { kind: 'remove-statement', layer, target, policy, index, sid };
}

/** Values for absent keys that statements ask for: they could make an allow match, or a deny not match. */
function absentFacts({ request, policies }: Situation, effect: 'Allow' | 'Deny'): readonly Change[] {
  const inquiry = inquire(request, policies.boundaries !== null);
  const changes: Change[] = [];
  for (const { policy } of consideredPolicies(policies)) {
    for (const statement of policy.statements) {
      if (statement.effect !== effect) continue;
      const mismatches = examine(statement, inquiry);
      if (mismatches.some(({ element }) => element !== 'condition')) continue;
      for (const { source } of statement.conditions) {
        if (inquiry.context.has(source.key.toLowerCase())) continue;
        const values = source.values.filter((value) => !value.includes('${')).map((value) => value.replaceAll('*', ''));
        const flipped = values.includes('false') ? ['true'] : values.includes('true') ? ['false'] : [];
        for (const value of [...values, ...flipped]) changes.push({ kind: 'set-context', key: source.key, value });
      }
    }
  }
  return changes;
}

function additions({ request, policies }: Situation, layer: PolicyLayer): readonly Change[] {
  const statement = allowing(request, layer);
  if (layer !== 'scp') return [{ kind: 'add-statement', layer, target: undefined, statement }];
  return policies.scps
    .filter((level) => decide(request, { ...policies, scps: [level] }).layer === 'scp')
    .map(({ target }) => ({ kind: 'add-statement', layer, target, statement }));
}

function allowing(request: AuthorizationRequest, layer: PolicyLayer): Readonly<Record<string, unknown>> {
  const { action } = request;
  const principal = principalArnOf(inquire(request, false).principal) ?? request.principal;
  const literal = request.resource.replace(/[*?$]/g, (char) => `\${${char}}`);
  const base = { Effect: 'Allow', Action: action };
  const resource = request.wildcardOnlyAction === true || request.resource === '*' ? '*' : literal;
  if (layer === 'endpoint') return { ...base, Principal: '*', Resource: resource };
  if (layer !== 'resource') return { ...base, Resource: resource };
  const named = principal === null ? '*' : { [principalElement(principal)]: principal };
  // A trust policy names no resource: it is the role's own.
  const isTrust = action.toLowerCase().startsWith('sts:') && resourceMustAllow(inquire(request, false));
  return isTrust ? { ...base, Principal: named } : { ...base, Principal: named, Resource: resource };
}

function principalElement(principal: string): 'AWS' | 'Service' | 'Federated' {
  if (/:(oidc|saml)-provider\//.test(principal)) return 'Federated';
  return principal.startsWith('arn:') || isAccountId(principal) ? 'AWS' : 'Service';
}

function apply({ request, policies }: Situation, change: Change): Situation {
  switch (change.kind) {
    case 'set-context':
      return { request: { ...request, context: { ...request.context, [change.key]: change.value } }, policies };
    case 'turn-off':
      return { request, policies: { ...policies, serviceSettings: { s3: { blockPublicAccess: false } } } };
    case 'add-statement':
      return { request, policies: withAddition(policies, change) };
    case 'remove-statement':
      return {
        request,
        policies: mapPolicies(policies, (layer, target, policy) => without(policy, change, layer, target)),
      };
  }
}

type Addition = Extract<Change, { kind: 'add-statement' }>;
type Removal = Extract<Change, { kind: 'remove-statement' }>;

const KIND_OF_LAYER: Readonly<Record<PolicyLayer, PolicyKind>> = {
  rcp: 'rcp',
  scp: 'scp',
  endpoint: 'endpoint',
  resource: 'resource',
  identity: 'identity',
  boundary: 'boundary',
  session: 'session',
};

function withAddition(policies: PolicySets, { layer, target, statement }: Addition): PolicySets {
  const reading = readPolicy({ Version: '2012-10-17', Statement: [statement] });
  if (!reading.ok) return policies;
  const added = compile(reading.policy, { kind: KIND_OF_LAYER[layer], name: 'the added statement' });
  switch (layer) {
    case 'identity':
      return { ...policies, identity: [...policies.identity, added] };
    case 'boundary':
      return { ...policies, boundaries: [...(policies.boundaries ?? []), added] };
    case 'session':
      return { ...policies, session: [...(policies.session ?? []), added] };
    case 'endpoint':
      return { ...policies, endpoint: [...(policies.endpoint ?? []), added] };
    case 'resource':
      return { ...policies, resource: joined(policies.resource, added) };
    default:
      return {
        ...policies,
        scps: policies.scps.map((level) =>
          level.target === target ? { ...level, policies: [...level.policies, added] } : level,
        ),
      };
  }
}

function joined(policy: CompiledPolicy | null, added: CompiledPolicy): CompiledPolicy {
  if (policy === null) return added;
  return compile(
    { ...policy.policy, statements: [...policy.policy.statements, ...added.policy.statements] },
    policy.source,
  );
}

function without(
  policy: CompiledPolicy,
  change: Removal,
  layer: PolicyLayer,
  target: string | undefined,
): CompiledPolicy {
  if (layer !== change.layer || target !== change.target || policy.source !== change.policy) return policy;
  const statements = policy.policy.statements.filter(({ index }) => index !== change.index);
  return compile({ ...policy.policy, statements }, policy.source);
}

type PolicyMapping = (layer: PolicyLayer, target: string | undefined, policy: CompiledPolicy) => CompiledPolicy;

function mapPolicies(policies: PolicySets, map: PolicyMapping): PolicySets {
  const list = (layer: PolicyLayer, set: readonly CompiledPolicy[]) =>
    set.map((policy) => map(layer, undefined, policy));
  const levels = (layer: PolicyLayer, set: readonly PolicyLevel[]) =>
    set.map(({ target, policies: attached }) => ({
      target,
      policies: attached.map((policy) => map(layer, target, policy)),
    }));
  return {
    ...policies,
    rcps: levels('rcp', policies.rcps),
    scps: levels('scp', policies.scps),
    endpoint: policies.endpoint && list('endpoint', policies.endpoint),
    resource: policies.resource && map('resource', undefined, policies.resource),
    identity: list('identity', policies.identity),
    boundaries: policies.boundaries && list('boundary', policies.boundaries),
    session: policies.session && list('session', policies.session),
  };
}

/** For people. */
export function changeText(change: Change): string {
  switch (change.kind) {
    case 'set-context':
      return `make the request with \`${change.key}\` = \`${change.value}\``;
    case 'turn-off':
      return `turn off \`${change.setting}\``;
    case 'add-statement':
      return `add to the ${change.layer} policies${change.target === undefined ? '' : ` of ${change.target}`}: ${JSON.stringify(change.statement)}`;
    case 'remove-statement': {
      const name =
        change.sid === undefined ? `statement ${change.index}` : `statement ${change.index} \`${change.sid}\``;
      return `remove ${name} from ${change.policy.name} (${change.layer}${change.target === undefined ? '' : ` at ${change.target}`})`;
    }
  }
}
