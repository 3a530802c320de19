import type { Evidence } from '#runtime/installation.ts';
import type { AuthorizationRequest, Decision, PolicyLayer } from './engine/engine.ts';
import { digestOf, type LibraryPolicy } from './policy-library.ts';
import type { PrincipalPolicies } from './principal-policies.ts';

/** A policy that was considered; its text is kept as evidence under the digest. */
export type ConsideredPolicy = {
  readonly layer: PolicyLayer;
  readonly kind: string;
  readonly name: string;
  readonly arn?: string | undefined;
  readonly digest: string;
};

/**
 * A decision as the audit keeps it: the question, the answer, and where the policies of that moment lie. Deciding is pure, so
 * everything else (statements, missing keys, reasons) is worked out again when somebody asks.
 */
export type DecisionRecord = {
  readonly request: AuthorizationRequest;
  readonly decision: Decision['decision'];
  readonly layer: Decision['layer'];
  /** Digest of the list of the principal's policies, JSON of `ConsideredPolicy[]`, kept as evidence. */
  readonly policies: string;
  readonly resource?: ConsideredPolicy;
};

type Own = { readonly digest: string; readonly evidence: readonly Evidence[] };

/** What stays the same between two decisions about one principal is built once. */
const ownPolicies = new WeakMap<PrincipalPolicies, Own>();

/** @returns JSON of a `DecisionRecord`, and the texts that it points to */
export function decisionRecord(
  request: AuthorizationRequest,
  { decision, layer }: Decision,
  own: PrincipalPolicies,
  resource: LibraryPolicy | undefined,
): { readonly record: string; readonly evidence: readonly Evidence[] } {
  const { digest, evidence } = ownOf(own);
  const head = `{"request":${JSON.stringify(request)},"decision":"${decision}","layer":"${layer}","policies":"${digest}"`;
  if (resource === undefined) return { record: `${head}}`, evidence };
  return {
    record: `${head},"resource":${JSON.stringify(considered('resource', resource))}}`,
    evidence: [...evidence, resource],
  };
}

function ownOf(own: PrincipalPolicies): Own {
  const known = ownPolicies.get(own);
  if (known !== undefined) return known;
  const boundaries = own.boundaries ?? [];
  const session = own.session ?? [];
  const text = JSON.stringify([
    ...own.identity.map((policy) => considered('identity', policy)),
    ...boundaries.map((policy) => considered('boundary', policy)),
    ...session.map((policy) => considered('session', policy)),
  ]);
  const digest = digestOf(text);
  const made = { digest, evidence: [{ digest, text }, ...own.identity, ...boundaries, ...session] };
  ownPolicies.set(own, made);
  return made;
}

function considered(layer: PolicyLayer, { compiled, digest }: LibraryPolicy): ConsideredPolicy {
  const { kind, name, arn } = compiled.source;
  return { layer, kind, name, arn, digest };
}
