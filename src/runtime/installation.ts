import type { Blobs } from '#store/blobs/blobs.ts';
import type { Counters } from '#store/counters/counters.ts';
import type { Seal } from '#store/seal.ts';
import type { AuditWrite, Store } from '#store/store.ts';
import type { Streams } from '#store/streams/streams.ts';
import type { WireRequest } from '#wire/message.ts';
import type { ServiceModel } from '#wire/model/shape.ts';
import type { ProtocolName } from '#wire/protocol.ts';
import type { ServiceError } from '#wire/service-error.ts';
import type { Call } from './call.ts';
import type { Changes } from './changes.ts';
import type { Clock } from './clock.ts';
import type { SignatureFacts } from './context.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { Conditions, ResourceRef } from './operation.ts';
import type { OutboundAnswer, OutboundRequest } from './outbound.ts';
import type { Principal } from './principal.ts';
import type { Service } from './service.ts';
import type { Unit } from './unit.ts';

/** What a signature is made for, and the protocol in whose terms it is refused. */
export type SigningScheme = { readonly signingName: string; readonly protocol: ProtocolName };

/** What a signature proves beside who calls. */
export type Proof = {
  readonly signature: SignatureFacts;
  /** The body that it signs; a stream fails at its end, or before, when it is another one. */
  readonly body: WireRequest['body'];
};

/** Proves who calls, and tells `proven` what else is. Anonymous where the request carries no signature. @throws ServiceError */
export type Authenticate = (
  request: WireRequest,
  scheme: SigningScheme,
  now: number,
  proven?: (proof: Proof) => void,
) => Promise<Principal>;

/** Proves who signed the policy of a form, by the form's fields (lower-case names). @throws ServiceError */
export type AuthenticateForm = (
  policy: string,
  fields: Readonly<Record<string, string | undefined>>,
  now: number,
) => Promise<Principal>;

/** Who a session token of this installation stands for; undefined when it ended, is altered, or its role is gone. */
export type SessionPrincipal = (sessionToken: string, now: number) => Promise<Principal | undefined>;

/** One question to the policy engine: may the principal do each of these actions on this resource? */
export type Question = {
  readonly principal: Principal;
  readonly action: string;
  readonly resource: ResourceRef;
  /** Owner of the resource. */
  readonly resourceAccount: string;
  /** Condition keys of the request, beside those of the principal. */
  readonly keys: Conditions;
};

/** The answer, as much as the audit keeps for `ringwall explain`; `denied` is the error that the client gets. */
export type Verdict = {
  readonly denied: ServiceError | undefined;
  readonly decision: 'Allowed' | 'ImplicitlyDenied' | 'ExplicitlyDenied';
  /** JSON: request, policies considered (by digest), deciding layer and statements. */
  readonly record: string;
  /** Texts of those policies; they are kept by digest, so that a decision can be explained after a policy changed. */
  readonly evidence: readonly Evidence[];
};

export type Evidence = { readonly digest: string; readonly text: string };

export type Authorise = (question: Question) => Promise<Verdict>;

/** Turns a finished call into its CloudTrail record, and one for each other account whose resources it touched. */
export type Audit = (call: Call, outcome: Outcome) => readonly AuditWrite[];

export type Outcome = { readonly output: object } | { readonly error: ServiceError };

/** A document that anybody may read at a path below `/_ringwall/`; undefined when there is none. */
export type Publish = (path: string) => Promise<object | undefined>;

/** Everything that one running Ringwall consists of. */
export type Installation = {
  readonly partition: 'aws';
  /** Region of requests that name none. */
  readonly region: string;
  readonly store: Store;
  readonly seal: Seal;
  readonly blobs: Blobs;
  readonly counters: Counters;
  readonly streams: Streams;
  /** Tells waiting calls which records changed. */
  readonly changes: Changes;
  readonly services: ReadonlyMap<string, Service>;
  /** Model pack of a service; parsed on first use. */
  readonly model: (service: string) => ServiceModel;
  readonly authenticate: Authenticate;
  readonly authenticateForm: AuthenticateForm;
  readonly sessionPrincipal: SessionPrincipal;
  readonly authorise: Authorise;
  readonly audit: Audit;
  /** Explains recorded decisions, from the records and the policy texts of their time. */
  readonly explain: (records: readonly object[]) => Promise<readonly object[]>;
  /** True for the root user of the first account: what concerns all accounts is theirs. */
  readonly rulesAll: (principal: Principal) => Promise<boolean>;
  /** Makes an account for a root user of the first one; its root credentials, shown this once. @throws ServiceError */
  readonly createAccount: (principal: Principal, account: string, unit: Unit) => Promise<object>;
  /** False for ARNs of users and roles that do not exist. */
  readonly knowsPrincipal: (arn: string) => Promise<boolean>;
  readonly publish?: Publish;
  /** Certificates that services publish, by path: PEM. */
  readonly certificates?: (path: string) => Promise<string | undefined>;
  readonly clock: Clock;
  /** Called after commits that scheduled work. */
  readonly wakeScheduler: () => void;
  /** Called after commits that published under these topics. */
  readonly wakeDispatcher: (topics: readonly string[]) => void;
  /** Asks other hosts. */
  readonly outbound: (request: OutboundRequest) => Promise<OutboundAnswer>;
  /** Where the server listens; the server sets it. */
  readonly endpoint: { url: string | undefined };
  readonly log: Log;
  readonly metrics: Metrics;
  readonly version: string;
  readonly storeKind: string;
  readonly sealKind: string;
  /** Directory for temporary files; the data directory, where there is one. */
  readonly scratch: string | undefined;
  /** Open mode with `--reset-route` only. */
  readonly control?: Control;
};

/** What tests may do to an installation in open mode. */
export type Control = {
  now(): number;
  advance(ms: number): void;
  reset(): Promise<void>;
};
