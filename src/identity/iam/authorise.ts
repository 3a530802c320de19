import type { Authorise, Question, Verdict } from '#runtime/installation.ts';
import type { Seal } from '#store/seal.ts';
import type { Store } from '#store/store.ts';
import { ServiceError } from '#wire/service-error.ts';
import { decisionRecord } from './decision-record.ts';
import {
  type AuthorizationRequest,
  accessDeniedMessage,
  type Decision,
  decide,
  type KmsGrant,
  type PolicySets,
} from './engine/engine.ts';
import { type LibraryPolicy, PolicyLibrary } from './policy-library.ts';
import { type PrincipalPolicies, PrincipalPolicySource } from './principal-policies.ts';
import { stsRefusal } from './session-limits.ts';

/** Asks the policy engine, with everything that bears on the question. */
export function authoriser(store: Store, seal: Seal): Authorise {
  const library = new PolicyLibrary();
  const source = new PrincipalPolicySource(store, library);
  return async (question) => {
    const closed = stsRefusal(question.principal, question.action);
    if (closed !== undefined) throw closed;
    const own = await source.of(question.principal);
    const { policy } = question.resource;
    const resource =
      policy === undefined ? undefined : library.get({ kind: policy.kind, name: policy.source }, policy.text);
    const request = requestOf(question, own);
    const decision = decide(request, {
      identity: own.identity.map(compiledOf),
      resource: resource?.compiled ?? null,
      boundaries: own.boundaries?.map(compiledOf) ?? null,
      session: own.session?.map(compiledOf) ?? null,
      endpoint: null,
      scps: [],
      rcps: [],
    } satisfies PolicySets);
    return verdictOf(question, request, decision, own, resource, seal);
  };
}

function compiledOf({ compiled }: LibraryPolicy) {
  return compiled;
}

function requestOf(question: Question, own: PrincipalPolicies): AuthorizationRequest {
  const { principal, action, resource, resourceAccount, keys } = question;
  const federator = principal.kind === 'federated-user' ? principal.session : undefined;
  return {
    principal: principal.kind === 'anonymous' ? null : principal.arn,
    action,
    resource: resource.arn,
    resourceAccount,
    context: Object.assign({}, principal.keys, keys),
    wildcardOnlyAction: resource.arn === '*',
    attributes: {
      principalIsRoot: principal.kind === 'root',
      principalIsServiceLinkedRole: own.serviceLinked,
      federatedBy: federator?.issuerArn,
      federatedById: federator?.issuerId,
      kmsGrants: resource.grants as readonly KmsGrant[] | undefined,
    },
  };
}

function verdictOf(
  question: Question,
  request: AuthorizationRequest,
  decision: Decision,
  own: PrincipalPolicies,
  resource: LibraryPolicy | undefined,
  seal: Seal,
): Verdict {
  const { record, evidence } = decisionRecord(question, request, decision, own, resource);
  const denied = decision.decision === 'Allowed' ? undefined : denial(question, request, decision, record, seal);
  return { denied, decision: decision.decision, record, evidence };
}

/** AWS's refusal. Calls of EC2 carry the whole decision, sealed for `sts:DecodeAuthorizationMessage`. */
function denial(
  { principal, action }: Question,
  request: AuthorizationRequest,
  decision: Decision,
  record: string,
  seal: Seal,
): ServiceError {
  const message = accessDeniedMessage(request, decision, principal.arn);
  if (!action.startsWith('ec2:')) return new ServiceError('AccessDeniedException', message);
  const encoded = Buffer.from(seal.seal(Buffer.from(record), 'sts/authorization-message')).toString('base64url');
  return new ServiceError('UnauthorizedOperation', `${message}. Encoded authorization failure message: ${encoded}`, {
    status: 403,
  });
}
