import type { Clock } from '#runtime/clock.ts';
import type { Authenticate } from '#runtime/installation.ts';
import { anonymous, type Principal } from '#runtime/principal.ts';
import type { Seal } from '#store/seal.ts';
import type { Store } from '#store/store.ts';
import { authenticationError, familyOf, type ProtocolFamily } from '#wire/sigv4/authentication-error.ts';
import { parseClaim, type SignedClaim } from '#wire/sigv4/claim.ts';
import { MAX_SKEW_MS, verifyClaim } from '#wire/sigv4/verify.ts';
import { openSession, type Session } from '../session-token.ts';
import { noteKeyUse } from './key-use.ts';
import { principalOfKey, principalOfSession, rootPrincipal } from './principals.ts';
import { type AccessKeyRow, accessKeys, type RoleRow, roles, type UserRow, users } from './records.ts';

/** Tokens remembered, so that a session's requests do not open the same token again; each is about 2 KB. */
const maxSessions = 5_000;

/** Proves callers by SigV4 against access keys and session tokens. */
export function authenticator(store: Store, seal: Seal, clock: Clock): Authenticate {
  const sessions = new Map<string, Session>();

  const sessionOf = (token: string): Session | undefined => {
    const known = sessions.get(token);
    if (known !== undefined) return known;
    const opened = openSession(seal, token);
    if (opened === undefined) return undefined;
    if (sessions.size >= maxSessions) sessions.delete(sessions.keys().next().value ?? '');
    sessions.set(token, opened);
    return opened;
  };

  return async (request, scheme, now) => {
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
    };
    if (claim.sessionToken !== undefined) {
      const session = sessionOf(claim.sessionToken);
      if (session === undefined || session.accessKeyId !== claim.accessKeyId)
        throw authenticationError('malformedToken', family);
      check(session.secretAccessKey);
      if (session.facts.expiresAt <= now) throw authenticationError('expiredToken', family);
      return principalOfSession(session, await tagsBehind(store, session));
    }
    const key = await findKey(store, claim);
    if (key === undefined || key.status !== 'Active') throw authenticationError('invalidToken', family);
    check(key.secretAccessKey);
    noteKeyUse(key.accessKeyId, { date: now, region: claim.region, service: claim.service });
    return longTermPrincipal(store, key, family);
  };
}

/** Open mode: nothing is proven; a 12-digit access key id is the account, everybody is its root user. */
export function openAuthenticator(account: string): Authenticate {
  return async (request, scheme) => {
    let claim: SignedClaim | undefined;
    try {
      claim = parseClaim(request, familyOf(scheme.protocol));
    } catch {
      // Whatever the credentials look like, they are accepted.
    }
    return rootPrincipal(
      claim !== undefined && /^\d{12}$/.test(claim.accessKeyId) ? claim.accessKeyId : account,
      claim?.accessKeyId,
    );
  };
}

async function findKey(store: Store, claim: SignedClaim): Promise<AccessKeyRow | undefined> {
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

/** Tags of the role or user behind a session: they count beside the session's own. */
async function tagsBehind(store: Store, session: Session): Promise<Readonly<Record<string, string>>> {
  const name = session.facts.issuerName;
  if (session.kind === 'assumed-role')
    return (await find<RoleRow>(store, roles.name, session.account, name))?.tags ?? {};
  if (session.kind === 'user') return (await find<UserRow>(store, users.name, session.account, name))?.tags ?? {};
  return {};
}

async function find<T>(store: Store, collection: string, account: string, name: string): Promise<T | undefined> {
  return (await store.get<T>({ collection, account, region: '', id: name.toLowerCase() }))?.value;
}
