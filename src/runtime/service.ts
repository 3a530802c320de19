import type { WireRequest } from '#wire/message.ts';
import type { Call } from './call.ts';
import type { Collection } from './collection.ts';
import type { Context } from './context.ts';
import type { AnyOperation, Unsupported } from './operation.ts';
import type { ServiceRuntime } from './service-runtime.ts';
import type { Slot } from './slot.ts';

/**
 * Durable work of a service: runs as the service principal, at least once, in a unit of its own. Its job is complete when it returns,
 * also one that a call moved to a later time while it was on its way: what is not due yet schedules itself again.
 */
export type JobHandler = (id: string, payload: unknown, ctx: Context) => Promise<void>;

/**
 * A job that waits for others (a webhook, a function): it runs beside many of its kind, for as long as it takes, and never holds up the
 * jobs of the house.
 */
export type SlowJob = { readonly slow: JobHandler };

/** Something published with a commit: by `ctx.emit` under the topic `event`, by `ctx.publish` under its own. */
export type Published = {
  readonly topic: string;
  readonly account: string;
  readonly region: string;
  readonly body: unknown;
};

/**
 * Takes what was published, in the order of commits, at least once. All contexts of a batch share one unit, which commits when the handler
 * returns. What one event does wrong must not throw: a batch that throws is tried again event by event, and an event that throws then
 * becomes a job that is tried until it succeeds.
 *
 * @param at the service's context at an account and region
 */
export type Subscriber = (
  events: readonly Published[],
  at: (account: string, region: string) => Context,
) => Promise<void>;

/** A request that was answered. */
export type AnsweredCall = {
  readonly call: Call;
  readonly requestId: string;
  readonly request: Omit<WireRequest, 'body'>;
  readonly status: number;
  /** `ok`, or the error's. */
  readonly code: string;
  /** Of the answer's body. */
  readonly bytes: number;
  readonly ms: number;
};

/** What a service runs beside its operations. */
export type RunningService = { stop(): Promise<void> };

/** A service as the runtime sees it: the registry in its `service.ts`. */
export type Service = {
  /** Model pack and endpoint: `ssm`. */
  readonly name: string;
  /** Prefix of its IAM actions: `ssm`. */
  readonly prefix: string;
  /** Service principal and CloudTrail event source: `ssm.amazonaws.com`. */
  readonly host: string;
  readonly operations: Readonly<Record<string, AnyOperation | Unsupported>>;
  /** Operations on the wire that the API's model lacks: what browsers ask of S3. */
  readonly unmodelled?: Readonly<Record<string, AnyOperation>>;
  /** Everything it keeps, for counts and documentation. */
  readonly collections: readonly Collection<never>[];
  /** Hears of each request to it when its answer is known: for access logs. Must not throw. */
  readonly answered?: (answered: AnsweredCall, local: <T>(slot: Slot<T>) => T) => void;
  readonly jobs?: Readonly<Record<string, JobHandler | SlowJob>>;
  /** By topic. */
  readonly subscribers?: Readonly<Record<string, Subscriber>>;
  /** Begins with the server, ends with it: pollers, process pools. */
  readonly start?: (runtime: ServiceRuntime) => Promise<RunningService>;
  /** Writes down what it keeps in memory between commits (when a key was last used): every minute, and before the end. */
  readonly upkeep?: (ctx: Context) => Promise<void>;
  /** Global services answer in any region and keep their records without one. */
  readonly global?: true;
};
