import type { Call } from '#runtime/call.ts';
import type { Outcome } from '#runtime/installation.ts';
import type { Principal } from '#runtime/principal.ts';
import type { AuditWrite } from '#store/store.ts';
import { detailOf } from './detail.ts';
import { termsOf } from './look-up-terms.ts';

/** An audit record: CloudTrail's event, and beside it the decisions that `ringwall explain` shows. */
export type AuditRecord = { readonly event: TrailEvent; readonly decisions: readonly object[] };

/** Members of CloudTrail's record that look-ups read; it has more (CloudTrail user guide, "record contents", version 1.11). */
export type TrailEvent = {
  readonly eventID: string;
  readonly requestID: string;
  readonly eventTime: string;
  readonly eventSource: string;
  readonly eventName: string;
  readonly awsRegion: string;
  readonly readOnly: boolean;
  /** False for data events. */
  readonly managementEvent: boolean;
  readonly recipientAccountId: string;
  readonly userIdentity: Readonly<Record<string, unknown>>;
  readonly resources?: readonly { readonly ARN: string; readonly type: string; readonly accountId?: string }[];
  readonly errorCode?: string;
  readonly errorMessage?: string;
};

/**
 * The record of a finished call, members in AWS's order; what the model marks as sensitive is hidden.
 *
 * Written as text, member by member: every call makes one, and most of it is the same from call to call.
 */
export function recordCall(call: Call, outcome: Outcome): AuditWrite {
  const { facts, operationModel } = call;
  const viaService = call.calledVia.at(-1);
  const error = 'error' in outcome ? outcome.error : undefined;
  const input = operationModel === undefined ? null : detailOf(operationModel, 'input', call.input);
  const output =
    operationModel === undefined || !isAnswered(call) || !('output' in outcome)
      ? null
      : detailOf(operationModel, 'output', outcome.output);
  const failure =
    error === undefined ? '' : `,"errorCode":${json(trailCode(error.code))},"errorMessage":${json(error.message)}`;
  const tls = facts.tls === undefined ? '' : `,"tlsDetails":${tlsDetails(facts.tls, facts.host)}`;
  const shared = call.sharedEventId === undefined ? '' : `,"sharedEventID":"${call.sharedEventId}"`;
  const isData = call.dataEvent === true;
  const resources = call.resources.length === 0 ? '' : `,"resources":${json(resourcesOf(call))}`;
  const event = `{"eventVersion":"1.11","userIdentity":${call.seenBy === undefined ? identityText(call.principal, viaService) : json(strangerOf(call.principal))},"eventTime":"${secondsOf(
    call.now,
  )}","eventSource":"${call.eventSource}","eventName":"${call.operation}","awsRegion":${json(
    call.region,
  )},"sourceIPAddress":${json(viaService ?? facts.sourceIp)},"userAgent":${json(viaService ?? facts.userAgent)}${failure},"requestParameters":${json(
    input,
  )},"responseElements":${json(output)},"requestID":"${call.requestId}","eventID":"${call.eventId}","readOnly":${
    call.readOnly
  }${resources},"eventType":"AwsApiCall","managementEvent":${!isData},"recipientAccountId":"${call.account}"${shared},"eventCategory":"${isData ? 'Data' : 'Management'}"${tls}}`;
  // Why the caller was allowed is in the policies of the caller's account: not for others' eyes.
  const decisions = call.seenBy === undefined ? call.verdicts.map(({ record }) => record).join(',') : '';
  return {
    id: call.eventId,
    time: call.now,
    json: `{"event":${event},"decisions":[${decisions}]}`,
    terms: termsOf(call, () =>
      call.seenBy === undefined ? identityOf(call.principal, viaService) : strangerOf(call.principal),
    ),
  };
}

const json = JSON.stringify;

/** Answers of reading calls are not recorded; those that give credentials are, to tell from whom a session has them. */
function isAnswered({ readOnly, operation }: Call): boolean {
  return !readOnly || /^(?:Assume|Get(?:Session|Federation)Token)/.test(operation);
}

/** CloudTrail says `AccessDenied` whatever the protocol's spelling. */
function trailCode(code: string): string {
  return code === 'AccessDeniedException' ? 'AccessDenied' : code;
}

function tlsDetails({ version, cipher }: { readonly version: string; readonly cipher: string }, host: string): string {
  return json({ tlsVersion: version, cipherSuite: cipher, clientProvidedHostHeader: host });
}

/** ISO 8601 in whole seconds; remembered, since a second holds thousands of calls. */
function secondsOf(ms: number): string {
  const second = Math.floor(ms / 1000);
  if (second !== lastSecond.second)
    lastSecond = { second, text: `${new Date(second * 1000).toISOString().slice(0, 19)}Z` };
  return lastSecond.text;
}
let lastSecond = { second: Number.NaN, text: '' };

/** Identities of callers who called directly, by principal: the authenticator keeps principals from call to call. */
const identities = new WeakMap<Principal, string>();

function identityText(principal: Principal, invokedBy: string | undefined): string {
  if (invokedBy !== undefined) return json(identityOf(principal, invokedBy));
  let text = identities.get(principal);
  if (text === undefined) {
    text = json(identityOf(principal, undefined));
    identities.set(principal, text);
  }
  return text;
}

/** A caller as the owner of a resource in another account sees them. */
function strangerOf(principal: Principal): Identity {
  const { kind, userId, account } = principal;
  if (kind === 'service' || kind === 'anonymous' || kind === 'external') return identityOf(principal, undefined);
  return { type: 'AWSAccount', principalId: userId, accountId: account };
}

type Identity = TrailEvent['userIdentity'];

function identityOf(principal: Principal, invokedBy: string | undefined): Identity {
  const via = invokedBy === undefined ? {} : { invokedBy };
  if (principal.kind === 'service') return { type: 'AWSService', invokedBy: principal.arn };
  if (principal.kind === 'anonymous') return { type: 'AWSAccount', principalId: '', accountId: 'anonymous', ...via };
  if (principal.kind === 'external') return externalIdentity(principal);
  const { session } = principal;
  return {
    type: typeNames[principal.kind],
    principalId: principal.userId,
    arn: principal.arn,
    accountId: principal.account,
    accessKeyId: principal.accessKeyId,
    ...(principal.kind === 'user' ? { userName: principal.name } : {}),
    ...(session === undefined ? {} : { sessionContext: sessionOf(principal.kind, principal.account, session) }),
    ...via,
  };
}

/** Somebody whom an identity provider vouches for (CloudTrail user guide, "userIdentity element"). */
function externalIdentity({ arn, userId, name }: Principal): Identity {
  const saml = arn.includes(':saml-provider/');
  return {
    type: saml ? 'SAMLUser' : 'WebIdentityUser',
    principalId: userId,
    userName: name,
    identityProvider: saml ? userId.slice(0, userId.indexOf(':')) : arn.slice(arn.indexOf('/') + 1),
  };
}

const typeNames = {
  root: 'Root',
  user: 'IAMUser',
  'assumed-role': 'AssumedRole',
  'federated-user': 'FederatedUser',
} as const;

function sessionOf(kind: Principal['kind'], accountId: string, session: NonNullable<Principal['session']>): object {
  return {
    sessionIssuer: {
      type: kind === 'assumed-role' ? 'Role' : 'IAMUser',
      principalId: session.issuerId,
      arn: session.issuerArn,
      accountId,
      userName: session.issuerName,
    },
    ...(session.federatedProvider === undefined
      ? {}
      : { webIdFederationData: { federatedProvider: session.federatedProvider, attributes: {} } }),
    attributes: { creationDate: new Date(session.issuedAt).toISOString(), mfaAuthenticated: String(session.mfa) },
    ...(session.sourceIdentity === undefined ? {} : { sourceIdentity: session.sourceIdentity }),
  };
}

function resourcesOf(call: Call): NonNullable<TrailEvent['resources']> {
  const named = new Map(call.resources.map((resource) => [resource.arn, resource]));
  return [...named.values()].map(({ arn, type, account }) => ({ accountId: account ?? call.account, type, ARN: arn }));
}
