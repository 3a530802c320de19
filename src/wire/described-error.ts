import { type CommonError, commonError } from './common-errors.ts';
import type { MemberModel, OperationModel, ServiceModel, ShapeModel } from './model/shape.ts';
import type { ServiceError } from './service-error.ts';

/** json: RPC services (awsJson, CBOR); rest: REST-JSON, which has JSON's codes and its own statuses. */
export type ErrorFamily = 'json' | 'rest' | 'query' | 'ec2' | 's3';

/** An error ready for the wire of one protocol family. */
export type DescribedError = {
  /** The exception shape, when the model has one. */
  readonly shape: ShapeModel | undefined;
  /** Code of the family: shape name for JSON, query code for query. */
  readonly code: string;
  /** Old code of a service that spoke query before, for `x-amzn-query-error`. */
  readonly queryCode: string;
  readonly status: number;
  readonly server: boolean;
  readonly message: string;
  /** `message` or `Message`, as the shape spells it: its own name, and its name in REST-JSON. */
  readonly messageName: string;
  readonly restMessageName: string;
  /** Further members of the shape that the error carries. */
  readonly members: Readonly<Record<string, unknown>>;
};

/** What the wire says for `error`, by model first, by the table of common errors second. */
export function describeError(
  service: ServiceModel | undefined,
  op: OperationModel | undefined,
  error: ServiceError,
  family: ErrorFamily,
): DescribedError {
  const shape = op?.errors.find((s) => s.name === error.code) ?? service?.exception(error.code);
  const common = shape === undefined ? commonError(error.code) : undefined;
  const server = shape?.error?.server ?? statusOf(undefined, common, error, family) >= 500;
  const message = shape?.members.find(isMessage);
  const queryCode = shape === undefined ? (common?.query ?? error.code) : shape.error?.queryCode || shape.name;
  return {
    shape,
    code: codeOf(shape, common, error.code, family, queryCode),
    queryCode,
    status: statusOf(shape, common, error, family),
    server,
    message: error.message,
    messageName: message?.name ?? defaultMessageName(common),
    restMessageName: message?.locationName ?? message?.name ?? defaultMessageName(common),
    members: error.members,
  };
}

/** The member that carries the text. */
export function isMessage(member: MemberModel): boolean {
  return member.name === 'message' || member.name === 'Message';
}

function codeOf(
  shape: ShapeModel | undefined,
  common: CommonError | undefined,
  code: string,
  family: ErrorFamily,
  queryCode: string,
): string {
  const jsonCodes = family === 'json' || family === 'rest';
  if (shape !== undefined) return jsonCodes ? shape.name : queryCode;
  return common?.[jsonCodes ? 'json' : family] ?? code;
}

function statusOf(
  shape: ShapeModel | undefined,
  common: CommonError | undefined,
  error: ServiceError,
  family: ErrorFamily,
): number {
  if (error.status !== undefined) return error.status;
  const trait = shape?.error;
  if (trait === undefined) return common === undefined ? 400 : commonStatus(common, family);
  const status = family === 'query' ? trait.queryStatus || trait.status : trait.status;
  return status || (trait.server ? 500 : 400);
}

/** JSON RPC services answer 400 where the others answer 403. */
function commonStatus(common: CommonError, family: ErrorFamily): number {
  return family === 'json' && common.status === 403 ? 400 : common.status;
}

/** The layers before the service write `Message` in two cases (seen in AWS's answers), else `message`. */
function defaultMessageName(common: CommonError | undefined): string {
  return common?.json === 'AccessDeniedException' || common?.json === 'SerializationException' ? 'Message' : 'message';
}
