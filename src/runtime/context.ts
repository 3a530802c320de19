import type { Blobs } from '#store/blobs/blobs.ts';
import type { Counters } from '#store/counters/counters.ts';
import type { Seal } from '#store/seal.ts';
import type { AuditRange, AuditWrite, JobWrite } from '#store/store.ts';
import type { ApiName, OperationName, Output, RawInput } from './api-types.ts';
import type { Watch } from './changes.ts';
import type { Collection } from './collection.ts';
import type { Conditions, ResourceRef } from './operation.ts';
import type { OutboundAnswer, OutboundRequest } from './outbound.ts';
import type { Principal } from './principal.ts';
import type { Records } from './records.ts';
import type { Slot } from './slot.ts';

/** What the connection says about a call. */
export type RequestFacts = {
  readonly sourceIp: string;
  readonly userAgent: string;
  readonly host: string;
  readonly tls: { readonly version: string; readonly cipher: string } | undefined;
  /** Aborted when the client went away, or the server ends: long waits stop then. Absent for work that no client waits for. */
  readonly gone?: AbortSignal;
};

/** How a request was signed. */
export type SignatureFacts = {
  /** `form`: by the policy inside an HTML form. */
  readonly kind: 'header' | 'presigned' | 'form';
  /** The signer's time, ms since the epoch. */
  readonly signedAt: number;
  /** What the signature says of the body: a digest, `UNSIGNED-PAYLOAD`, `STREAMING-…`. */
  readonly payloadHash: string | undefined;
};

/** The HTTP request behind a call, for what no model has: cross-origin requests, access logs, the query as it was sent. */
export type HttpExchange = {
  readonly method: string;
  /** As sent, percent-encoded. */
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Undefined for anonymous callers. */
  readonly signature: SignatureFacts | undefined;
  /** Headers that the answer gets beside its own, also when it is an error. */
  readonly answer: Record<string, string>;
};

/** An event as EventBridge carries it; account, region, time and id are added on the way. */
export type ServiceEvent = {
  readonly source: string;
  readonly detailType: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
};

/** A resource named in the audit record. */
export type AuditResource = { readonly arn: string; readonly type: string; readonly account?: string };

/** What causes a call of a service or role. */
export type Source = {
  readonly arn: string;
  readonly account: string;
  /** Gives `aws:SourceOwner` too, the older key that default policies of SNS topics ask for: CloudWatch alarms do. */
  readonly owner?: true;
};

/** On whose behalf and where a call inside is made. */
export type CallOptions = {
  /**
   * `caller` (default): the one who called, through this service (`aws:CalledVia`, `<service>:ViaService`). `service`: this service's own
   * principal, which policies of resources must allow; where it has several, the named one. A role: this service assumes it, as its trust
   * policy allows.
   */
  readonly as?:
    | 'caller'
    | 'service'
    | { readonly service: string }
    | { readonly role: string; readonly session: string };
  /** What causes a call of a service or role: gives `aws:SourceArn` and `aws:SourceAccount`, against the confused deputy. */
  readonly source?: Source;
  /** Whose records the call sees; default: this call's account and region. */
  readonly account?: string;
  readonly region?: string;
};

/** Everything an operation may use. Nothing else: no clock, randomness, store or network of its own. */
export interface Context {
  /** Request id, shared with nested calls; time-ordered. */
  readonly requestId: string;
  readonly service: string;
  readonly operation: string;
  readonly principal: Principal;
  /** Account whose records `records` shows: the caller's. */
  readonly account: string;
  /** Region of the endpoint called. */
  readonly region: string;
  readonly partition: 'aws';
  /** Milliseconds since the epoch; one value for the whole call. */
  readonly now: number;
  readonly request: RequestFacts;
  /** Undefined for work that no request asked for, and for calls that services make. */
  readonly http: HttpExchange | undefined;
  /** Services through which this call came, outermost first: `['ssm.amazonaws.com']`. Empty for direct calls. */
  readonly calledVia: readonly string[];
  readonly records: Records;
  readonly seal: Seal;
  /** Cryptographically random bytes. */
  random(length: number): Uint8Array;
  /** Random UUID. */
  uuid(): string;
  /**
   * Calls another service in process, in the same unit: its writes commit with this call's, and are dropped when it throws.
   *
   * @example await ctx.call('sqs', 'SendMessage', { QueueUrl, MessageBody }, { as: 'service', source: { arn: topicArn, account } })
   */
  call<A extends ApiName, N extends OperationName<A> & string>(
    api: A,
    operation: N,
    input: RawInput<A, N>,
    options?: CallOptions,
  ): Promise<Output<A, N>>;
  /**
   * What the call carries proves who makes it, whatever its signature says or if there is none: further questions are asked of them, and
   * the audit record is their account's. `principal`, `account` and `records` stay as they are. For operations that are `anonymous`.
   */
  identify(principal: Principal): void;
  /**
   * Who signed a form: `policy` is the signed text, the fields are those of the form.
   *
   * @throws ServiceError for a signature that is incomplete, wrong or of somebody unknown
   */
  signerOf(policy: string, fields: Readonly<Record<string, string | undefined>>): Promise<Principal>;
  /** A further permission that the operation needs (`iam:PassRole`). @throws ServiceError AccessDenied */
  authorise(action: string, resource: ResourceRef, conditions?: Conditions): Promise<void>;
  /** False for ARNs of users and roles that do not exist: policies that name them are refused, as AWS does. */
  knowsPrincipal(arn: string): Promise<boolean>;
  /** The audit record of the installation, newest first; times in ms. */
  readAudit(range: Omit<AuditRange, 'oldestFirst'>): AsyncIterable<AuditWrite>;
  /** Publishes an event of this service, for EventBridge's default bus, with the commit. */
  emit(event: ServiceEvent): void;
  /**
   * Hands something to the subscribers of a topic (`Service.subscribers`) with the commit: delivered at least once, in the order of
   * commits. `topic` is `<service>/<what>`.
   */
  publish(topic: string, body: unknown): void;
  /** Schedules, moves or cancels durable work with the commit. */
  schedule(job: JobWrite): void;
  /** Adds resources to the audit record. */
  audit(resources: readonly AuditResource[]): void;
  /** Bodies too large for a record. They are not part of the unit: write before the record that names them, delete after it is gone. */
  readonly blobs: Blobs;
  /**
   * Hears of commits, by any process on this store, that touch records whose ids begin with `prefix`. Call it before the read whose answer
   * may change, then wait.
   */
  watch<T>(from: Collection<T>, prefix: string): Watch;
  /**
   * Does what must happen once per call, however often the call runs again because others overtook it: takes in a body, runs a function,
   * sends a request. The next attempt gets the same answer.
   */
  once<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** Counts that all processes share and that may be lost: limits on tries, rates. Not part of the unit. */
  readonly counters: Counters;
  /** What this process keeps in memory for this installation: caches, claims, pools. Lost at the end; other processes have their own. */
  local<T>(slot: Slot<T>): T;
  /** Counts what was brought to a target, in the metrics: `brought('sqs', 'delivered', 3)`. */
  brought(kind: string, outcome: string, count: number): void;
  /** Asks another host, over HTTP. Only where the API promises it: webhooks, API destinations. @throws OutboundError */
  fetch(request: OutboundRequest): Promise<OutboundAnswer>;
}
