import type { Collection } from './collection.ts';
import type { Context } from './context.ts';
import type { AnyOperation, Unsupported } from './operation.ts';

/**
 * Durable work of a service: runs as the service principal, at least once, in a unit of its own. Its job is complete when it returns,
 * also one that a call moved to a later time while it was on its way: what is not due yet schedules itself again.
 */
export type JobHandler = (id: string, payload: unknown, ctx: Context) => Promise<void>;

/** A service as the runtime sees it: the registry in its `service.ts`. */
export type Service = {
  /** Model pack and endpoint: `ssm`. */
  readonly name: string;
  /** Prefix of its IAM actions: `ssm`. */
  readonly prefix: string;
  /** Service principal and CloudTrail event source: `ssm.amazonaws.com`. */
  readonly host: string;
  readonly operations: Readonly<Record<string, AnyOperation | Unsupported>>;
  /** Everything it keeps, for counts and documentation. */
  readonly collections: readonly Collection<never>[];
  readonly jobs?: Readonly<Record<string, JobHandler>>;
  /** Writes down what it keeps in memory between commits (when a key was last used): every minute, and before the end. */
  readonly upkeep?: (ctx: Context) => Promise<void>;
  /** Global services answer in any region and keep their records without one. */
  readonly global?: true;
};
