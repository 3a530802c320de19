import type { DecidingLayer, Decision, LayerOutcome, LayerTrace, MatchedStatement, Verdict } from './decision.ts';
import { type Inquiry, inquire } from './inquiry.ts';
import { ACCOUNT_NAMED, CALLER_NAMED, type Closeness, NOT_NAMED, ROLE_NAMED } from './matching/principal.ts';
import type { AuthorizationRequest, PolicySets } from './request.ts';
import { grantCloseness } from './rules/kms-grant.ts';
import { rcpsApply, scpsApply } from './rules/organization.ts';
import { isPublicAccessBlocked } from './rules/public-bucket.ts';
import { needsNoPermission, resourceMustAllow, rootRecoversBucket } from './rules/resource-side.ts';
import { type Findings, scanLevels, scanPolicy, scanSet } from './scan.ts';

/**
 * Decides one request. Pure: the same request and policies give the same decision.
 *
 * @param policies compiled; every set that bears on the request, and null for those that do not exist
 * @example
 * decide({ principal: 'arn:aws:iam::111122223333:user/ann', action: 's3:GetObject', resource: 'arn:aws:s3:::b/k', context: {} },
 *        { ...NO_POLICIES, identity: [readOnly] }).decision // 'Allowed'
 */
export function decide(request: AuthorizationRequest, policies: PolicySets): Decision {
  const inquiry = inquire(request, policies.boundaries !== null);
  if (needsNoPermission(inquiry)) {
    return answer(['Allowed', 'exempt', 'this operation needs no permission'], [], inquiry, UNASKED);
  }
  const matched: MatchedStatement[] = [];
  const { account } = inquiry.principal;
  const sameAccount = account !== '' && account === (request.resourceAccount ?? account);
  const rcp = rcpsApply(inquiry, policies)
    ? scanLevels(policies.rcps, inquiry, 'rcp', true, matched)
    : 'not-applicable';
  const scp = scpsApply(inquiry, policies)
    ? scanLevels(policies.scps, inquiry, 'scp', false, matched)
    : 'not-applicable';
  const endpoint = scanSet(policies.endpoint, inquiry, 'endpoint', matched);
  const attached =
    policies.resource === null || rootRecoversBucket(inquiry, sameAccount)
      ? undefined
      : scanPolicy(policies.resource, inquiry, 'resource', undefined, matched);
  const hasIdentity = account !== '';
  const trace: LayerTrace = {
    rcp,
    scp,
    endpoint,
    resource: outcomeOf(attached),
    identity: hasIdentity ? scanSet(policies.identity, inquiry, 'identity', matched) : 'not-applicable',
    boundary: hasIdentity ? scanSet(policies.boundaries, inquiry, 'boundary', matched) : 'not-applicable',
    session: hasIdentity ? sessionOutcome(policies, inquiry, matched) : 'not-applicable',
  };
  return answer(settle(inquiry, policies, trace, attached?.allow ?? NOT_NAMED, sameAccount), matched, inquiry, trace);
}

const UNASKED: LayerTrace = {
  rcp: 'not-applicable',
  scp: 'not-applicable',
  endpoint: 'not-applicable',
  resource: 'not-applicable',
  identity: 'not-applicable',
  boundary: 'not-applicable',
  session: 'not-applicable',
};

const NONE: readonly string[] = [];

type Settlement = readonly [verdict: Verdict, layer: DecidingLayer, reason: string];

function answer(
  [decision, layer, reason]: Settlement,
  statements: readonly MatchedStatement[],
  inquiry: Inquiry,
  trace: LayerTrace,
): Decision {
  return { decision, layer, reason, statements, missing: inquiry.missing ?? NONE, trace };
}

function outcomeOf(findings: Findings | undefined): LayerOutcome {
  if (findings === undefined) return 'not-applicable';
  if (findings.deny) return 'explicitly-denied';
  return findings.allow === NOT_NAMED ? 'implicitly-denied' : 'allowed';
}

/** A federated user without a session policy has no permissions but those that name the session itself (STS, GetFederationToken). */
function sessionOutcome(policies: PolicySets, inquiry: Inquiry, matched: MatchedStatement[]): LayerOutcome {
  if (policies.session === null && inquiry.principal.type === 'federated-user') return 'implicitly-denied';
  return scanSet(policies.session, inquiry, 'session', matched);
}

function settle(
  inquiry: Inquiry,
  policies: PolicySets,
  trace: LayerTrace,
  resourceAllow: Closeness,
  sameAccount: boolean,
): Settlement {
  const denied = explicitDeny(trace);
  if (denied !== undefined) return denied;
  if (trace.rcp === 'implicitly-denied') return implicit('rcp');
  if (trace.scp === 'implicitly-denied') return implicit('scp');
  if (trace.endpoint === 'implicitly-denied') return implicit('endpoint');
  if (isPublicAccessBlocked(inquiry, policies, sameAccount)) {
    return ['ImplicitlyDenied', 'service-setting', 'S3 Block Public Access: the bucket policy is public'];
  }
  const grant = grantCloseness(inquiry);
  if (inquiry.principal.account === '') return resourceAlone(resourceAllow, grant);
  if (grant >= ROLE_NAMED) return limited('grant', grant, trace, 'a grant on the key names the caller');
  return sameAccount
    ? withinAccount(inquiry, trace, resourceAllow, grant)
    : acrossAccounts(inquiry, trace, resourceAllow, grant);
}

function explicitDeny(trace: LayerTrace): Settlement | undefined {
  if (trace.rcp === 'explicitly-denied') return DENIED.rcp;
  if (trace.scp === 'explicitly-denied') return DENIED.scp;
  if (trace.endpoint === 'explicitly-denied') return DENIED.endpoint;
  if (trace.resource === 'explicitly-denied') return DENIED.resource;
  if (trace.identity === 'explicitly-denied') return DENIED.identity;
  if (trace.boundary === 'explicitly-denied') return DENIED.boundary;
  if (trace.session === 'explicitly-denied') return DENIED.session;
  return undefined;
}

const DENIED = {
  rcp: ['ExplicitlyDenied', 'rcp', 'a resource control policy denies it'],
  scp: ['ExplicitlyDenied', 'scp', 'a service control policy denies it'],
  endpoint: ['ExplicitlyDenied', 'endpoint', 'a VPC endpoint policy denies it'],
  resource: ['ExplicitlyDenied', 'resource', 'the resource-based policy denies it'],
  identity: ['ExplicitlyDenied', 'identity', 'an identity-based policy denies it'],
  boundary: ['ExplicitlyDenied', 'boundary', 'the permissions boundary denies it'],
  session: ['ExplicitlyDenied', 'session', 'a session policy denies it'],
} as const satisfies Record<string, Settlement>;

const UNALLOWED = {
  rcp: 'no resource control policy allows it',
  scp: 'a level of the organization has no service control policy that allows it',
  endpoint: 'no VPC endpoint policy allows it',
  resource: 'the resource-based policy does not allow it',
  identity: 'no identity-based policy allows it',
  boundary: 'the permissions boundary does not allow it',
  session: 'no session policy allows it',
} as const;

function implicit(layer: keyof typeof UNALLOWED): Settlement {
  return ['ImplicitlyDenied', layer, UNALLOWED[layer]];
}

/** Services, identity providers and anonymous callers have no policies of their own. */
function resourceAlone(resourceAllow: Closeness, grant: Closeness): Settlement {
  if (resourceAllow !== NOT_NAMED) return ['Allowed', 'resource', 'the resource-based policy allows it'];
  if (grant !== NOT_NAMED) return ['Allowed', 'grant', 'a grant on the key names the caller'];
  return implicit('resource');
}

/** An allow that names the caller is final; one that names its role still passes the boundary and the session policy. */
function limited(layer: 'resource' | 'grant', closeness: Closeness, trace: LayerTrace, reason: string): Settlement {
  if (closeness !== CALLER_NAMED) {
    if (trace.boundary === 'implicitly-denied') return implicit('boundary');
    if (trace.session === 'implicitly-denied') return implicit('session');
  }
  return ['Allowed', layer, reason];
}

function withinAccount(inquiry: Inquiry, trace: LayerTrace, resourceAllow: Closeness, grant: Closeness): Settlement {
  if (resourceAllow >= ROLE_NAMED) {
    return limited('resource', resourceAllow, trace, 'the resource-based policy allows the caller');
  }
  if (resourceAllow === NOT_NAMED && grant < ACCOUNT_NAMED && resourceMustAllow(inquiry)) return implicit('resource');
  return principalSide(inquiry, trace);
}

function acrossAccounts(inquiry: Inquiry, trace: LayerTrace, resourceAllow: Closeness, grant: Closeness): Settlement {
  if (resourceAllow === NOT_NAMED && grant === NOT_NAMED) return implicit('resource');
  return principalSide(inquiry, trace);
}

/** What the principal's own account says: identity policies within boundary and session policy. */
function principalSide({ principal, request }: Inquiry, trace: LayerTrace): Settlement {
  // A federated user stands on the permissions of who made it (STS, GetFederationToken).
  const isRoot = principal.type === 'root' || request.attributes?.federatedBy?.endsWith(':root') === true;
  if (trace.identity === 'implicitly-denied' && !isRoot) return implicit('identity');
  if (trace.boundary === 'implicitly-denied') return implicit('boundary');
  if (trace.session === 'implicitly-denied') return implicit('session');
  if (trace.identity === 'allowed') return ['Allowed', 'identity', 'an identity-based policy allows it'];
  return ['Allowed', 'root', 'the root user may do everything in its account'];
}
