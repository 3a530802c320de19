import type { Clock } from '#runtime/clock.ts';
import type { Authenticate, AuthenticateForm, Proof, SessionPrincipal } from '#runtime/installation.ts';
import { anonymous, type Principal } from '#runtime/principal.ts';
import type { Seal } from '#store/seal.ts';
import type { Store } from '#store/store.ts';
import type { WireRequest } from '#wire/message.ts';
import { authenticationError, familyOf, type ProtocolFamily } from '#wire/sigv4/authentication-error.ts';
import { verifiedBody } from '#wire/sigv4/body.ts';
import { parseClaim, type SignedClaim } from '#wire/sigv4/claim.ts';
import { type FormClaim, parseFormClaim, verifyForm } from '#wire/sigv4/form.ts';
import { MAX_SKEW_MS, verifyClaim } from '#wire/sigv4/verify.ts';
import { openSession, type Session } from '../session-token.ts';
import { noteKeyUse } from './key-use.ts';
import { principalOfKey, principalOfSession, rootPrincipal } from './principals.ts';
import { type AccessKeyRow, accessKeys, type RoleRow, roles, type UserRow, users } from './records.ts';
import { reachesIam } from './session-limits.ts';

/** Tokens remembered, so that a session's requests do not open the same token again; each is about 2 KB. */
const maxSessions = 5_000;

/** Proves callers by SigV4 against access keys and session tokens. */
export function authenticator(store: Store, seal: Seal, clock: Clock): Authenticate {
  const sessionOf = sessionReader(seal);

  return async (request, scheme, now, proven) => {
    const family = familyOf(scheme.protocol);
    const claim = parseClaim(request, family);
    if (claim === undefined) return anonymous;
    const check = (secret: string) => {
      const refused = verifyClaim(claim, request, secret, clock.wireNow(), {
        service: scheme.signingName,
        family,
        maxSkewMs: MAX_SKEW_MS,
      });
      if (refused !== undefined) throw refused;
      proven?.(proofOf(claim, request, secret, family));
    };
    if (claim.sessionToken !== undefined) {
      const session = sessionOf(claim);
      if (session === undefined) throw authenticationError('malformedToken', family);
      check(session.secretAccessKey);
      if (session.facts.expiresAt <= now) throw authenticationError('expiredToken', family);
      if (scheme.signingName === 'iam' && !reachesIam(session)) throw authenticationError('invalidToken', family);
      const behind = await tagsBehind(store, session);
      if (behind === undefined) throw authenticationError('invalidToken', family);
      return principalOfSession(session, behind);
    }
    const key = await findKey(store, claim);
    if (key === undefined || key.status !== 'Active') throw authenticationError('invalidToken', family);
    check(key.secretAccessKey);
    noteKeyUse(key.accessKeyId, { date: now, region: claim.region, service: claim.service });
    return longTermPrincipal(store, key, family);
  };
}

/** Proves who signed the policy of an HTML form. The policy's own end limits how long it serves. */
export function formAuthenticator(store: Store, seal: Seal): AuthenticateForm {
  const sessionOf = sessionReader(seal);

  return async (policy, fields, now) => {
    const claim = parseFormClaim(fields);
    if (claim.sessionToken !== undefined) {
      const session = sessionOf(claim);
      if (session === undefined) throw authenticationError('malformedToken', 's3');
      verifyForm(claim, policy, session.secretAccessKey);
      if (session.facts.expiresAt <= now) throw authenticationError('expiredToken', 's3');
      const behind = await tagsBehind(store, session);
      if (behind === undefined) throw authenticationError('invalidToken', 's3');
      return principalOfSession(session, behind);
    }
    const key = await findKey(store, claim);
    if (key === undefined || key.status !== 'Active') throw authenticationError('invalidToken', 's3');
    verifyForm(claim, policy, key.secretAccessKey);
    noteKeyUse(key.accessKeyId, { date: now, region: claim.region, service: 's3' });
    return longTermPrincipal(store, key, 's3');
  };
}

/** Open mode: whoever the form names is the root user. */
export function openFormAuthenticator(account: string): AuthenticateForm {
  return async (_policy, fields) => {
    const id = fields['x-amz-credential']?.split('/')[0] ?? '';
    return rootPrincipal(/^\d{12}$/.test(id) ? id : account, id === '' ? undefined : id);
  };
}

function proofOf(claim: SignedClaim, request: WireRequest, secret: string | undefined, family: ProtocolFamily): Proof {
  const { kind, amzDate: signedAt, payloadHash } = claim;
  return { signature: { kind, signedAt, payloadHash }, body: verifiedBody(claim, request, secret, family) };
}

/**
 * Open mode: nothing is proven, everybody is the root user. A 12-digit access key id is the account; a session of this installation is
 * of its own account, and ends on time.
 */
export function openAuthenticator(seal: Seal, account: string): Authenticate {
  const sessionOf = sessionReader(seal);

  return async (request, scheme, now, proven) => {
    const family = familyOf(scheme.protocol);
    let claim: SignedClaim | undefined;
    try {
      claim = parseClaim(request, family);
    } catch {
      // Whatever the credentials look like, they are accepted.
    }
    if (claim === undefined) return rootPrincipal(account, undefined);
    const { accessKeyId } = claim;
    proven?.(proofOf(claim, request, undefined, family));
    const session = sessionOf(claim);
    if (session === undefined) return rootPrincipal(/^\d{12}$/.test(accessKeyId) ? accessKeyId : account, accessKeyId);
    if (session.facts.expiresAt <= now) throw authenticationError('expiredToken', family);
    return rootPrincipal(session.account, accessKeyId);
  };
}

/** Who a session token of this installation stands for: services use those of the roles that they assumed themselves. */
export function sessionPrincipals(store: Store, seal: Seal): SessionPrincipal {
  const sessions = new Map<string, Session>();

  return async (token, now) => {
    let session = sessions.get(token);
    if (session === undefined) {
      session = openSession(seal, token);
      if (session === undefined) return undefined;
      if (sessions.size >= maxSessions) sessions.delete(sessions.keys().next().value ?? '');
      sessions.set(token, session);
    }
    if (session.facts.expiresAt <= now) return undefined;
    const behind = await tagsBehind(store, session);
    return behind === undefined ? undefined : principalOfSession(session, behind);
  };
}

/** Opens the token of a claim. Undefined when it has none, or one that is not ours or of another access key. */
function sessionReader(seal: Seal): (claim: Pick<SignedClaim, 'sessionToken' | 'accessKeyId'>) => Session | undefined {
  const sessions = new Map<string, Session>();

  return ({ sessionToken: token, accessKeyId }) => {
    if (token === undefined) return undefined;
    let session = sessions.get(token);
    if (session === undefined) {
      session = openSession(seal, token);
      if (session === undefined) return undefined;
      if (sessions.size >= maxSessions) sessions.delete(sessions.keys().next().value ?? '');
      sessions.set(token, session);
    }
    return session.accessKeyId === accessKeyId ? session : undefined;
  };
}

async function findKey(store: Store, claim: SignedClaim | FormClaim): Promise<AccessKeyRow | undefined> {
  const found = await store.get<AccessKeyRow>({
    collection: accessKeys.name,
    account: '',
    region: '',
    id: claim.accessKeyId,
  });
  return found?.value;
}

async function longTermPrincipal(store: Store, key: AccessKeyRow, family: ProtocolFamily): Promise<Principal> {
  if (key.userName === undefined) return rootPrincipal(key.account, key.accessKeyId);
  const user = await find<UserRow>(store, users.name, key.account, key.userName);
  // A key never outlives its user; one that does proves nobody.
  if (user === undefined) throw authenticationError('invalidToken', family);
  return principalOfKey(key, user);
}

/**
 * Tags of the role or user behind a session: they count beside the session's own. Undefined when it is gone; one made anew under the
 * name is another.
 */
async function tagsBehind(
  store: Store,
  { kind, account, facts }: Session,
): Promise<Readonly<Record<string, string>> | undefined> {
  if (kind === 'assumed-role') {
    const role = await find<RoleRow>(store, roles.name, account, facts.issuerName);
    return role?.roleId === facts.issuerId ? role.tags : undefined;
  }
  // The root user, or a federated user that it made.
  if (facts.issuerId === account) return {};
  const user = await find<UserRow>(store, users.name, account, facts.issuerName);
  if (user?.userId !== facts.issuerId) return undefined;
  return kind === 'user' ? user.tags : {};
}

async function find<T>(store: Store, collection: string, account: string, name: string): Promise<T | undefined> {
  return (await store.get<T>({ collection, account, region: '', id: name.toLowerCase() }))?.value;
}
