import type { Ringwall } from '../harness/start.ts';
import type { Exception } from './exceptions.ts';
import type { Inputs } from './inputs.ts';
import type { Sdk } from './sdk.ts';
import { cloudtrail } from './services/cloudtrail.ts';
import { cloudwatch } from './services/cloudwatch.ts';
import { events } from './services/events.ts';
import { lambda } from './services/lambda.ts';
import { logs } from './services/logs.ts';
import { s3 } from './services/s3.ts';
import { s3control } from './services/s3control.ts';
import { scheduler } from './services/scheduler.ts';
import { sns } from './services/sns.ts';
import { sqs } from './services/sqs.ts';

/** What the walk over every operation must know of a service: a file of its own in `services/`, named here. */
export type ServiceCases = {
  readonly service: string;
  /** Status and code of a refused call: `400 AccessDeniedException`. */
  readonly refusal: string;
  /** Makes what the operations work on, as the root user, and gives their inputs. */
  readonly stock: (root: Sdk, ringwall: Ringwall) => Promise<Inputs>;
  /** Where the product and the reference differ on purpose. */
  readonly exceptions?: Readonly<Partial<Record<ExceptionList, readonly Exception[]>>>;
};

export type ExceptionList =
  | 'toldInAnswer'
  | 'unasked'
  | 'unlistedActions'
  | 'refused'
  | 'resources'
  | 'absentTypes'
  | 'unlistedKeys'
  | 'absentKeys'
  | 'otherThings';

/** Alphabetical. */
export const serviceCases: readonly ServiceCases[] = [
  cloudtrail,
  cloudwatch,
  events,
  lambda,
  logs,
  s3,
  s3control,
  scheduler,
  sns,
  sqs,
];
