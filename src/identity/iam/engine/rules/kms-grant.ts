import type { Inquiry } from '../inquiry.ts';
import { actionNameOf } from '../matching/action.ts';
import { ACCOUNT_NAMED, CALLER_NAMED, type Closeness, NOT_NAMED, ROLE_NAMED } from '../matching/principal.ts';
import type { KmsGrant, KmsGrantConstraints } from '../request.ts';

/**
 * KMS grants: an extra source of allows on one key (KMS developer guide, "Grants in AWS KMS"). A grant never denies and never
 * outweighs a deny. It counts for a principal as if the key policy named it, across accounts too.
 */

/** The closest grant that covers the request. */
export function grantCloseness(inquiry: Inquiry): Closeness {
  const grants = inquiry.request.attributes?.kmsGrants;
  if (grants === undefined || grants.length === 0) return NOT_NAMED;
  const { service, operation } = actionNameOf(inquiry.request.action);
  if (service !== 'kms') return NOT_NAMED;
  let closest: Closeness = NOT_NAMED;
  for (const grant of grants) {
    const closeness = closenessTo(grant, operation, inquiry);
    if (closeness > closest) closest = closeness;
  }
  return closest;
}

function closenessTo(grant: KmsGrant, operation: string, inquiry: Inquiry): Closeness {
  if (operation === 'retiregrant' && names(grant.retiringPrincipal, inquiry) !== NOT_NAMED) {
    return names(grant.retiringPrincipal, inquiry);
  }
  if (!grant.operations.some((granted) => granted.toLowerCase() === operation)) return NOT_NAMED;
  if (grant.constraints !== undefined && !satisfies(grant.constraints, operation, inquiry)) return NOT_NAMED;
  return names(grant.granteePrincipal ?? grant.granteeServicePrincipal, inquiry);
}

function names(grantee: string | undefined, { principal }: Inquiry): Closeness {
  if (grantee === undefined) return NOT_NAMED;
  if (grantee === principal.arn)
    return principal.type === 'role-session' && grantee === principal.role ? ROLE_NAMED : CALLER_NAMED;
  if (principal.role !== '' && grantee === principal.role) return ROLE_NAMED;
  if (principal.account === '') return NOT_NAMED;
  const isAccount = grantee === principal.account || grantee.endsWith(`:iam::${principal.account}:root`);
  return isAccount ? ACCOUNT_NAMED : NOT_NAMED;
}

/** Operations without an encryption context: its constraint does not bear on them. */
const WITHOUT_CONTEXT = new Set(['creategrant', 'describekey', 'getpublickey', 'retiregrant']);

function satisfies(constraints: KmsGrantConstraints, operation: string, inquiry: Inquiry): boolean {
  const { encryptionContextEquals, encryptionContextSubset, sourceArn } = constraints;
  if (sourceArn !== undefined && inquiry.context.get('aws:sourcearn')?.[0] !== sourceArn) return false;
  if (WITHOUT_CONTEXT.has(operation)) return true;
  if (encryptionContextEquals === undefined && encryptionContextSubset === undefined) return true;
  const actual = encryptionContextOf(inquiry);
  const includes = (pairs: Readonly<Record<string, string>>) =>
    Object.entries(pairs).every(([key, value]) => actual.get(key) === value);
  if (encryptionContextSubset !== undefined && !includes(encryptionContextSubset)) return false;
  if (encryptionContextEquals === undefined) return true;
  return actual.size === Object.keys(encryptionContextEquals).length && includes(encryptionContextEquals);
}

const PREFIX = 'kms:encryptioncontext:';

/** Pairs of the encryption context are case-sensitive, unlike other condition keys: read them as sent. */
function encryptionContextOf({ request }: Inquiry): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  for (const [name, value] of Object.entries(request.context)) {
    if (name.length > PREFIX.length && name.slice(0, PREFIX.length).toLowerCase() === PREFIX) {
      pairs.set(name.slice(PREFIX.length), String(Array.isArray(value) ? value[0] : value));
    }
  }
  return pairs;
}
