import type { PrincipalList } from '../document/policy.ts';
import type { Inquiry } from '../inquiry.ts';
import type { RequestPrincipal } from '../principal.ts';
import { arnPartsOf, isAccountId } from './arn.ts';
import { readPinned } from './pinned-principal.ts';

/**
 * How closely a statement names the caller. It decides what an `Allow` in a resource policy is worth within the account
 * (IAM user guide, "How AWS enforcement code logic evaluates requests"):
 */
export const NOT_NAMED = 0;
/** The account is named: its own policies must allow as well. */
export const ACCOUNT_NAMED = 1;
/** The role (or the user behind a federated session) is named: boundary and session policy still limit. */
export const ROLE_NAMED = 2;
/** The caller itself, or everyone: final. */
export const CALLER_NAMED = 3;
export type Closeness = 0 | 1 | 2 | 3;

export type PrincipalMatcher = (inquiry: Inquiry) => Closeness;

/** @param list undefined for policies without principals, which speak of whoever they are attached to */
export function principalMatcherOf(list: PrincipalList | undefined, deny: boolean): PrincipalMatcher | undefined {
  if (list === undefined) return undefined;
  const named = indexOf(list);
  if (!list.negated) return (inquiry) => closeness(named, inquiry);
  return deny ? (inquiry) => (isExempt(named, inquiry) ? NOT_NAMED : CALLER_NAMED) : allowExcept(named);
}

type NamedPrincipals = {
  readonly anyone: boolean;
  /** Users, roles, sessions. */
  readonly arns: ReadonlySet<string>;
  /** Unique ids of users and roles that are pinned to them: their ARNs do not count. */
  readonly ids: ReadonlySet<string>;
  readonly accounts: ReadonlySet<string>;
  /** Accounts of which a user, role or session is named. */
  readonly accountsInDetail: ReadonlySet<string>;
  /** `account/role-name`, for sessions whose role path is unknown. */
  readonly roleNames: ReadonlySet<string>;
  readonly service: ReadonlySet<string>;
  readonly federated: ReadonlySet<string>;
  readonly canonicalUser: ReadonlySet<string>;
};

function indexOf(list: PrincipalList): NamedPrincipals {
  const arns = new Set<string>();
  const ids = new Set<string>();
  const accounts = new Set<string>();
  const accountsInDetail = new Set<string>();
  const roleNames = new Set<string>();
  for (const entry of list.aws) {
    const account = accountOf(entry);
    if (account !== undefined) accounts.add(account);
    else {
      const pin = readPinned(entry);
      if (pin === undefined) arns.add(entry);
      else ids.add(pin.id);
      const [, , , , owner, resource] = entry.split(':');
      if (owner !== undefined) accountsInDetail.add(owner);
      if (pin === undefined && resource?.startsWith('role/'))
        roleNames.add(`${owner}/${resource.slice(resource.lastIndexOf('/') + 1)}`);
    }
  }
  return {
    anyone: list.anyone,
    arns,
    ids,
    accounts,
    accountsInDetail,
    roleNames,
    service: new Set(list.service),
    federated: new Set(list.federated),
    canonicalUser: new Set(list.canonicalUser),
  };
}

/** `111122223333` and `arn:aws:iam::111122223333:root` are the same principal. */
function accountOf(entry: string): string | undefined {
  if (isAccountId(entry)) return entry;
  const parts = arnPartsOf(entry);
  if (parts?.[0] !== 'arn' || parts[2] !== 'iam' || parts[5] !== 'root') return undefined;
  return isAccountId(parts[4]) ? parts[4] : undefined;
}

function closeness(named: NamedPrincipals, inquiry: Inquiry): Closeness {
  if (named.anyone) return CALLER_NAMED;
  const { principal } = inquiry;
  switch (principal.type) {
    case 'anonymous':
      return NOT_NAMED;
    case 'service':
      return namesService(named, inquiry) ? CALLER_NAMED : NOT_NAMED;
    case 'web-identity':
      return named.federated.has(principal.arn) || named.federated.has('*') || named.service.has(principal.arn)
        ? CALLER_NAMED
        : NOT_NAMED;
  }
  if (named.arns.has(principal.arn)) return principal.arn === principal.role ? ROLE_NAMED : CALLER_NAMED;
  if (named.ids.size > 0 && namesId(named, inquiry)) return principal.type === 'user' ? CALLER_NAMED : ROLE_NAMED;
  if (namesRole(named, principal) || namesFederator(named, inquiry)) return ROLE_NAMED;
  return namesAccount(named, inquiry) ? ACCOUNT_NAMED : NOT_NAMED;
}

/** A service by its name, or by its name in the request's Region, as policies for Logs have it: `logs.us-east-1.amazonaws.com`. */
function namesService({ service }: NamedPrincipals, { principal, context }: Inquiry): boolean {
  if (service.size === 0) return false;
  if (service.has(principal.arn) || service.has('*')) return true;
  const [region = ''] = context.get('aws:requestedregion') ?? [];
  return region !== '' && service.has(principal.arn.replace(/\.amazonaws\.com$/, `.${region}.amazonaws.com`));
}

/** By the unique id of the user, of the role behind the session, or of the user behind the federated one. */
function namesId(named: NamedPrincipals, { principal, context, request }: Inquiry): boolean {
  if (principal.type === 'federated-user') return named.ids.has(request.attributes?.federatedById ?? '');
  const [id = ''] = context.get('aws:userid')?.[0]?.split(':', 1) ?? [];
  return named.ids.has(id);
}

function namesRole(named: NamedPrincipals, principal: RequestPrincipal): boolean {
  if (principal.role === '') return false;
  if (!principal.rolePathUnknown) return named.arns.has(principal.role);
  return named.roleNames.has(`${principal.account}/${principal.role.slice(principal.role.lastIndexOf('/') + 1)}`);
}

/** "If a resource-based policy grants permission to the ARN of the IAM user who federated …" */
function namesFederator(named: NamedPrincipals, { principal, request }: Inquiry): boolean {
  const by = request.attributes?.federatedBy;
  return principal.type === 'federated-user' && by !== undefined && named.arns.has(by);
}

function namesAccount(named: NamedPrincipals, { principal, request }: Inquiry): boolean {
  if (named.accounts.has(principal.account)) return true;
  const canonical = request.attributes?.principalCanonicalId;
  return canonical !== undefined && named.canonicalUser.has(canonical);
}

/**
 * Whether a `Deny` with `NotPrincipal` spares the caller. AWS checks the account first, then the role, then the caller, so the
 * account must be listed; when callers of that account are listed as well, only they are spared. A principal with a permissions
 * boundary is never spared (IAM user guide, "NotPrincipal").
 */
function isExempt(named: NamedPrincipals, inquiry: Inquiry): boolean {
  if (named.anyone) return true;
  const { principal } = inquiry;
  if (principal.account === '') return closeness(named, inquiry) !== NOT_NAMED;
  if (inquiry.bounded || !namesAccount(named, inquiry)) return false;
  if (principal.type === 'root' || !named.accountsInDetail.has(principal.account)) return true;
  return closeness(named, inquiry) >= ROLE_NAMED;
}

/** `Allow` with `NotPrincipal` is not supported by AWS any more; documents that have it mean everyone else, anonymous included. */
function allowExcept(named: NamedPrincipals): PrincipalMatcher {
  return (inquiry) => (closeness(named, inquiry) === NOT_NAMED ? CALLER_NAMED : NOT_NAMED);
}
