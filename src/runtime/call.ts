import type { OperationModel } from '#wire/model/shape.ts';
import type { AuditResource, HttpExchange, RequestFacts, Source } from './context.ts';
import type { Verdict } from './installation.ts';
import type { Principal } from './principal.ts';
import type { Staged } from './staged.ts';

/** One call on its way through the pipeline: what is known of it so far. */
export type Call = {
  readonly requestId: string;
  readonly eventId: string;
  readonly now: number;
  readonly facts: RequestFacts;
  /** Of calls that came as requests. */
  readonly http?: HttpExchange | undefined;
  readonly service: string;
  /** Operation, or the name of the job or route. */
  readonly operation: string;
  /** `ssm.amazonaws.com`; `ringwall` for routes of the server's own. */
  readonly eventSource: string;
  /** Undefined for jobs and routes. */
  readonly operationModel: OperationModel | undefined;
  /** Who calls; what a call carries may prove that it is somebody else. */
  principal: Principal;
  account: string;
  readonly region: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly readOnly: boolean;
  /** CloudTrail's data event: on record, and shown by no look-up. */
  readonly dataEvent?: boolean;
  readonly calledVia: readonly string[];
  /** Filled while it runs. */
  readonly resources: AuditResource[];
  readonly verdicts: Verdict[];
  /** Accounts whose resources policies were asked about. */
  owners?: Set<string> | undefined;
  /** The id that the records of one call in several accounts share. */
  readonly sharedEventId?: string | undefined;
  /** The account for whose eyes the record is, where it is not the caller's. */
  readonly seenBy?: string | undefined;
  /** What a service or role calls for. */
  readonly source?: Source | undefined;
  readonly staged: Staged;
};
