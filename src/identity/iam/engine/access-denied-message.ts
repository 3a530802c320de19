import type { DecidingLayer, Decision } from './decision.ts';
import { inquire } from './inquiry.ts';
import type { AuthorizationRequest } from './request.ts';
import { resourceMustAllow } from './rules/resource-side.ts';

/**
 * The text of AWS's AccessDenied errors (IAM user guide, "Troubleshoot access denied error messages"). People and programs
 * search for these words.
 *
 * @param decision a denial
 * @param principalArn as the client knows itself: the session's ARN, not the role's
 * @example
 * // User: arn:aws:iam::111122223333:user/ann is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::b/k
 * // because no identity-based policy allows the s3:GetObject action
 */
export function accessDeniedMessage(request: AuthorizationRequest, decision: Decision, principalArn: string): string {
  const { action, resource } = request;
  const start = `User: ${principalArn} is not authorized to perform: ${action} on resource: ${resource}`;
  const trust = decision.layer === 'resource' && isTrust(request);
  if (decision.decision === 'ExplicitlyDenied') {
    return `${start} with an explicit deny in ${trust ? 'the role trust policy' : DENYING[decision.layer]}`;
  }
  const what = trust ? 'role trust policy' : ALLOWING[decision.layer];
  return what === undefined ? start : `${start} because no ${what} allows the ${action} action`;
}

function isTrust(request: AuthorizationRequest): boolean {
  return request.action.toLowerCase().startsWith('sts:') && resourceMustAllow(inquire(request, false));
}

const ALLOWING: Partial<Record<DecidingLayer, string>> = {
  rcp: 'resource control policy',
  scp: 'service control policy',
  endpoint: 'VPC endpoint policy',
  resource: 'resource-based policy',
  identity: 'identity-based policy',
  boundary: 'permissions boundary',
  session: 'session policy',
};

const DENYING: Partial<Record<DecidingLayer, string>> = {
  rcp: 'a resource control policy',
  scp: 'a service control policy',
  endpoint: 'a VPC endpoint policy',
  resource: 'a resource-based policy',
  identity: 'an identity-based policy',
  boundary: 'a permissions boundary',
  session: 'a session policy',
};
