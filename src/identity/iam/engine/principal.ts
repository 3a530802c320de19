import { isAccountId } from './matching/arn.ts';

/**
 * Who a request comes from, read from the principal's ARN.
 *
 * A role session is three things at once to a policy: the session, the role and the account. `arn` is the session's own ARN;
 * `role` is what `aws:PrincipalArn` shows and what most policies name.
 */
export type PrincipalType =
  | 'anonymous'
  | 'root'
  | 'user'
  | 'role-session'
  | 'federated-user'
  | 'service'
  | 'web-identity';

export type RequestPrincipal = {
  readonly type: PrincipalType;
  /** ARN as given, service or provider host name, '' when anonymous. */
  readonly arn: string;
  /** '' for services, providers and anonymous callers. */
  readonly account: string;
  /** ARN of the role behind a session, else ''. */
  readonly role: string;
  /** The role's path is not known: policies are compared by the role's name, which is unique in an account. */
  readonly rolePathUnknown: boolean;
};

const ANONYMOUS: RequestPrincipal = { type: 'anonymous', arn: '', account: '', role: '', rolePathUnknown: false };

/**
 * @param principal what the request names
 * @param principalArn value of `aws:PrincipalArn`, the one place where a session's role path shows
 * @param isRoot the caller says so, whatever the ARN looks like
 */
export function principalOf(
  principal: string | null,
  principalArn: string | undefined,
  isRoot: boolean,
): RequestPrincipal {
  if (principal === null) return ANONYMOUS;
  if (!principal.startsWith('arn:')) return hostOrAccount(principal);
  const partitionEnd = principal.indexOf(':', 4);
  const serviceEnd = principal.indexOf(':', partitionEnd + 1);
  const regionEnd = principal.indexOf(':', serviceEnd + 1);
  const accountEnd = principal.indexOf(':', regionEnd + 1);
  const account = principal.slice(regionEnd + 1, accountEnd);
  const at = accountEnd + 1;
  if (isRoot || principal.startsWith('root', at)) return plain('root', principal, account);
  if (principal.startsWith('assumed-role/', at)) return session(principal, account, partitionEnd, at, principalArn);
  if (principal.startsWith('federated-user/', at)) return plain('federated-user', principal, account);
  if (principal.startsWith('role/', at)) {
    return { type: 'role-session', arn: principal, account, role: principal, rolePathUnknown: false };
  }
  if (principal.startsWith('oidc-provider/', at) || principal.startsWith('saml-provider/', at)) {
    return plain('web-identity', principal, '');
  }
  return plain('user', principal, account);
}

function plain(type: PrincipalType, arn: string, account: string): RequestPrincipal {
  return { type, arn, account, role: '', rolePathUnknown: false };
}

function session(
  arn: string,
  account: string,
  partitionEnd: number,
  at: number,
  principalArn: string | undefined,
): RequestPrincipal {
  const known = principalArn?.includes(':role/') ? principalArn : undefined;
  const from = at + 'assumed-role/'.length;
  const slash = arn.indexOf('/', from);
  const name = arn.slice(from, slash === -1 ? arn.length : slash);
  const role = known ?? `${arn.slice(0, partitionEnd)}:iam::${account}:role/${name}`;
  return { type: 'role-session', arn, account, role, rolePathUnknown: known === undefined };
}

/** Identity providers of AWS's own list, besides which a bare host name is a service. */
const PROVIDERS = new Set([
  'accounts.google.com',
  'graph.facebook.com',
  'www.amazon.com',
  'cognito-identity.amazonaws.com',
]);

function hostOrAccount(text: string): RequestPrincipal {
  if (isAccountId(text)) return plain('root', `arn:aws:iam::${text}:root`, text);
  return plain(PROVIDERS.has(text) ? 'web-identity' : 'service', text, '');
}

/** What `aws:PrincipalArn` holds for this principal; undefined for services, providers and anonymous callers. */
export function principalArnOf(principal: RequestPrincipal): string | undefined {
  if (principal.account === '') return undefined;
  return principal.role === '' ? principal.arn : principal.role;
}
