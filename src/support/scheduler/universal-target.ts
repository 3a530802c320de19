import type { ApiName } from '#runtime/api-types.ts';
import type { CallOptions, Context } from '#runtime/context.ts';
import { isReadOnly } from '#runtime/perform.ts';
import { jsonReader } from '#wire/formats/json-read.ts';
import { Malformed } from '#wire/formats/malformed.ts';
import { loadModel } from '#wire/model/load.ts';
import type { OperationModel } from '#wire/model/shape.ts';
import type { Failure } from '../target-failure.ts';

/** APIs whose operations a schedule may call, by the names that ARNs of such targets have for them. */
const apis: Readonly<Record<string, ApiName>> = {
  cloudtrail: 'cloudtrail',
  cloudwatch: 'cloudwatch',
  cloudwatchlogs: 'logs',
  eventbridge: 'events',
  iam: 'iam',
  kms: 'kms',
  lambda: 'lambda',
  s3: 's3',
  sns: 'sns',
  sqs: 'sqs',
  ssm: 'ssm',
  sts: 'sts',
};

type Universal = { readonly api: ApiName; readonly operation: OperationModel };

/** True for `arn:aws:scheduler:::aws-sdk:sqs:sendMessage` and its like: any call that changes something (user guide, "Using universal targets"). */
export function isUniversal(arn: string): boolean {
  return universalOf(arn) !== undefined;
}

function universalOf(arn: string): Universal | undefined {
  const [, service = '', action = ''] = /^arn:aws:scheduler:::aws-sdk:([a-z0-9-]+):([A-Za-z0-9]+)$/.exec(arn) ?? [];
  const api = Object.hasOwn(apis, service) ? apis[service] : undefined;
  const name = `${action.slice(0, 1).toUpperCase()}${action.slice(1)}`;
  if (api === undefined || isReadOnly({}, name)) return undefined;
  const operation = loadModel(api).operation(name);
  return operation === undefined ? undefined : { api, operation };
}

/** Makes the call; its input is the schedule's, as JSON. @throws ServiceError */
export async function callUniversal(
  ctx: Context,
  arn: string,
  text: string,
  options: CallOptions,
): Promise<Failure | undefined> {
  const found = universalOf(arn);
  if (found === undefined) return { code: 'NO_RESOURCE', message: `there is no ${arn}`, retry: false };
  const input = inputOf(found.operation, text);
  if (input === undefined) return { code: 'INVALID_JSON', message: 'the input does not fit the call', retry: false };
  await ctx.call(found.api, found.operation.name as never, input as never, options);
  return undefined;
}

function inputOf({ input: shape }: OperationModel, text: string): object | undefined {
  try {
    if (shape === undefined) return {};
    return jsonReader(shape, 'member')(JSON.parse(text), 0) as object;
  } catch (error) {
    if (error instanceof Malformed || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
