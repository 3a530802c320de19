import type { Evidence, Question } from '#runtime/installation.ts';
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
  question: Question,
  request: AuthorizationRequest,
  { decision, layer }: Decision,
  own: PrincipalPolicies,
  resource: LibraryPolicy | undefined,
): { readonly record: string; readonly evidence: readonly Evidence[] } {
  const { digest, evidence } = ownOf(own);
  const head = `{"request":${requestText(question, request)},"decision":"${decision}","layer":"${layer}","policies":"${digest}"`;
  if (resource === undefined) return { record: `${head}}`, evidence };
  return {
    record: `${head},"resource":${JSON.stringify(considered('resource', resource))}}`,
    evidence: [...evidence, resource],
  };
}

/** The principal's keys as JSON members: principals are kept from call to call, and so is this. */
const principalTexts = new WeakMap<Question['principal']['keys'], string>();

/** `JSON.stringify(request)`, with what is the same from call to call written once. */
function requestText({ principal, keys }: Question, { context: _context, ...request }: AuthorizationRequest): string {
  let own = principalTexts.get(principal.keys);
  if (own === undefined) {
    own = JSON.stringify(principal.keys).slice(0, -1);
    principalTexts.set(principal.keys, own);
  }
  // Members of the request itself win over the principal's: they come later, as in the merged context.
  const context = own === '{' ? JSON.stringify(keys) : `${own},${JSON.stringify(keys).slice(1)}`;
  return `${JSON.stringify(request).slice(0, -1)},"context":${context}}`;
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
