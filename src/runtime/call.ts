import type { OperationModel, ServiceModel } from '#wire/model/shape.ts';
import type { AuditResource, RequestFacts } from './context.ts';
import type { Verdict } from './installation.ts';
import type { Principal } from './principal.ts';

/** One call on its way through the pipeline: what is known of it so far. */
export type Call = {
  readonly requestId: string;
  readonly eventId: string;
  readonly now: number;
  readonly facts: RequestFacts;
  readonly service: string;
  /** Operation, or the name of the job. */
  readonly operation: string;
  readonly model: ServiceModel;
  /** Undefined for jobs. */
  readonly operationModel: OperationModel | undefined;
  readonly principal: Principal;
  readonly account: string;
  readonly region: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly readOnly: boolean;
  readonly calledVia: readonly string[];
  /** Filled while it runs. */
  readonly resources: AuditResource[];
  readonly verdicts: Verdict[];
};
