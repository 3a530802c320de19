import type { Seal } from '#store/seal.ts';
import type { AuditWrite, JobWrite } from '#store/store.ts';
import type { ApiName, OperationName, Output, RawInput } from './api-types.ts';
import type { Conditions, ResourceRef } from './operation.ts';
import type { Principal } from './principal.ts';
import type { Records } from './records.ts';

/** What the connection says about a call. */
export type RequestFacts = {
  readonly sourceIp: string;
  readonly userAgent: string;
  readonly host: string;
  readonly tls: { readonly version: string; readonly cipher: string } | undefined;
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
  /** Services through which this call came, outermost first: `['ssm.amazonaws.com']`. Empty for direct calls. */
  readonly calledVia: readonly string[];
  readonly records: Records;
  readonly seal: Seal;
  /** Cryptographically random bytes. */
  random(length: number): Uint8Array;
  /** Random UUID. */
  uuid(): string;
  /**
   * Calls another service as the caller, in process, in the same unit: its writes commit with this call's, and are dropped when it
   * throws. Sets `<service>:ViaService` and `aws:CalledVia`. `as: 'service'` calls as this service's own principal.
   */
  call<A extends ApiName, N extends OperationName<A> & string>(
    api: A,
    operation: N,
    input: RawInput<A, N>,
    options?: { readonly as?: 'caller' | 'service'; readonly account?: string; readonly region?: string },
  ): Promise<Output<A, N>>;
  /**
   * What the call carries proves who makes it, whatever its signature says or if there is none: further questions are asked of them, and
   * the audit record is their account's. `principal`, `account` and `records` stay as they are. For operations that are `anonymous`.
   */
  identify(principal: Principal): void;
  /** A further permission that the operation needs (`iam:PassRole`). @throws ServiceError AccessDenied */
  authorise(action: string, resource: ResourceRef, conditions?: Conditions): Promise<void>;
  /** False for ARNs of users and roles that do not exist: policies that name them are refused, as AWS does. */
  knowsPrincipal(arn: string): Promise<boolean>;
  /** The audit record of the installation, newest first; times in ms. */
  readAudit(range: { readonly from: number; readonly to: number }): AsyncIterable<AuditWrite>;
  /** Publishes an event with the commit. */
  emit(event: ServiceEvent): void;
  /** Schedules, moves or cancels durable work with the commit. */
  schedule(job: JobWrite): void;
  /** Adds resources to the audit record. */
  audit(resources: readonly AuditResource[]): void;
}
