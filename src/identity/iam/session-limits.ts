import type { Principal, SessionFacts } from '#runtime/principal.ts';
import { ServiceError } from '#wire/service-error.ts';

/**
 * What temporary credentials of users may not do, whatever policies say (STS API reference, GetSessionToken and GetFederationToken).
 * Sessions of roles and of delegated access have no such limits.
 */
type MadeSession = { readonly kind: Principal['kind']; readonly facts: SessionFacts };

function isLimited({ kind, facts }: MadeSession): boolean {
  if (kind === 'federated-user') return true;
  // Of the sessions that act as a user, only delegated access carries policies.
  const delegated = facts.policies.length > 0 || facts.policyArns.length > 0;
  return (kind === 'user' || kind === 'root') && !delegated;
}

/** IAM is open to users' sessions that carry a code of the MFA device, and closed to federated users. */
export function reachesIam(session: MadeSession): boolean {
  return !isLimited(session) || (session.kind !== 'federated-user' && session.facts.mfa);
}

/** Actions of STS for which users' sessions need a permission, as anybody does. The rest they may not call at all. */
const openActions: ReadonlySet<string> = new Set([
  'sts:AssumeRole',
  'sts:TagSession',
  'sts:SetSourceIdentity',
  // Asked for by other services, on behalf of their own operations.
  'sts:GetServiceBearerToken',
]);

/** The refusal of an STS operation that sessions of users may not call; undefined for every other question. */
export function stsRefusal({ kind, session }: Principal, action: string): ServiceError | undefined {
  if (session === undefined || !action.startsWith('sts:') || openActions.has(action)) return undefined;
  if (!isLimited({ kind, facts: session })) return undefined;
  const operation = action.slice('sts:'.length);
  return new ServiceError('AccessDeniedException', `Cannot call ${operation} with session credentials`, {
    status: 403,
  });
}
