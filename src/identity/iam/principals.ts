import type { Principal } from '#runtime/principal.ts';
import type { Session } from '../session-token.ts';
import type { AccessKeyRow, UserRow } from './records.ts';

type Keys = Record<string, string | readonly string[]>;

export function rootPrincipal(account: string, accessKeyId: string | undefined): Principal {
  const arn = `arn:aws:iam::${account}:root`;
  return {
    kind: 'root',
    account,
    arn,
    userId: account,
    name: undefined,
    accessKeyId,
    session: undefined,
    keys: {
      'aws:PrincipalArn': arn,
      'aws:PrincipalAccount': account,
      'aws:PrincipalType': 'Account',
      'aws:userid': account,
    },
  };
}

/** Principals by user row: a row is replaced when it changes, so what hangs on it is never stale. */
const byRow = new WeakMap<UserRow, Map<string, Principal>>();

/** The user behind a long-term access key. */
export function principalOfKey(key: AccessKeyRow, user: UserRow): Principal {
  let known = byRow.get(user);
  if (known === undefined) {
    known = new Map();
    byRow.set(user, known);
  }
  let principal = known.get(key.accessKeyId);
  if (principal === undefined) {
    const keys = identityKeys('User', key.account, user.arn, user.userId);
    keys['aws:username'] = user.userName;
    addTags(keys, user.tags);
    principal = {
      kind: 'user',
      account: key.account,
      arn: user.arn,
      userId: user.userId,
      name: user.userName,
      accessKeyId: key.accessKeyId,
      session: undefined,
      keys,
    };
    known.set(key.accessKeyId, principal);
  }
  return principal;
}

/** @param behind tags of the role or user behind the session */
export function principalOfSession(session: Session, behind: Readonly<Record<string, string>>): Principal {
  const { facts, account, arn, userId, kind, name } = session;
  const keys = identityKeys(typeNames[kind], account, kind === 'assumed-role' ? facts.issuerArn : arn, userId);
  if (kind === 'user' && name !== undefined) keys['aws:username'] = name;
  addTags(keys, { ...behind, ...facts.tags });
  keys['aws:TokenIssueTime'] = new Date(facts.issuedAt).toISOString();
  keys['aws:MultiFactorAuthPresent'] = String(facts.mfa);
  if (facts.sourceIdentity !== undefined) keys['aws:SourceIdentity'] = facts.sourceIdentity;
  if (facts.federatedProvider !== undefined) keys['aws:FederatedProvider'] = facts.federatedProvider;
  return {
    kind,
    account,
    arn,
    userId,
    name,
    accessKeyId: session.accessKeyId,
    session: facts,
    keys: Object.assign(keys, session.keys),
  };
}

const typeNames = {
  root: 'Account',
  user: 'User',
  'assumed-role': 'AssumedRole',
  'federated-user': 'FederatedUser',
} as const;

function identityKeys(type: string, account: string, arn: string, userId: string): Keys {
  return { 'aws:PrincipalArn': arn, 'aws:PrincipalAccount': account, 'aws:PrincipalType': type, 'aws:userid': userId };
}

function addTags(keys: Keys, tags: Readonly<Record<string, string>>): void {
  for (const name in tags) keys[`aws:PrincipalTag/${name}`] = tags[name] ?? '';
}
