import type { Context } from '#runtime/context.ts';
import { invalid, type Target } from './api.ts';
import { placeholdersIn, predefined } from './engine/input.ts';
import { parseJsonPath } from './engine/json-path.ts';
import { arnParts } from './names.ts';
import { passRole } from './pass-role.ts';
import { senderOf } from './senders/senders.ts';

/** Refuses a target that could never be delivered to. @throws ServiceError ValidationException, AccessDenied */
export async function checkTarget(ctx: Context, rule: string, target: Target): Promise<void> {
  const { Id, Arn, Input, InputPath, InputTransformer, SqsParameters, DeadLetterConfig } = target;
  if (arnParts(Arn) === undefined)
    throw invalid(`Parameter ${Arn} is not valid. Reason: Provided Arn is not in correct format.`);
  const kind = senderOf(Arn);
  if (kind === undefined) {
    throw invalid(`Parameter ${Arn} is not valid. Reason: targets of this kind are not served.`);
  }
  if ([Input, InputPath, InputTransformer].filter((each) => each !== undefined).length > 1) {
    throw invalid(`Only one of Input, InputPath, or InputTransformer must be provided for target ${Id}.`);
  }
  if (Input !== undefined && !isJson(Input)) throw invalid(`JSON syntax error in input for target ${Id}`);
  if (InputPath !== undefined && parseJsonPath(InputPath) === undefined) {
    throw invalid(`Invalid InputPath for target ${Id}.`);
  }
  if (InputTransformer !== undefined) checkTransformer(Id, InputTransformer);
  if (Arn.endsWith('.fifo') && arnParts(Arn)?.service === 'sqs' && SqsParameters?.MessageGroupId === undefined) {
    throw invalid(`Parameter(s) MessageGroupId must be specified for target: ${Id}.`);
  }
  if (kind.kind === 'api-destination' && target.RoleArn === undefined) {
    throw invalid(`RoleArn is required for target ${Arn}.`);
  }
  if (DeadLetterConfig?.Arn !== undefined && arnParts(DeadLetterConfig.Arn)?.service !== 'sqs') {
    throw invalid(`Parameter DeadLetterConfig.Arn is not valid. Reason: expected the ARN of an SQS queue.`);
  }
  await passRole(ctx, target.RoleArn, rule);
}

function checkTransformer(id: string, { InputPathsMap = {}, InputTemplate }: NonNullable<Target['InputTransformer']>) {
  for (const [name, path] of Object.entries(InputPathsMap)) {
    if (/^aws\./i.test(name)) throw invalid(`InputPathsMap for target ${id} contains reserved name ${name}.`);
    if (parseJsonPath(path) === undefined)
      throw invalid(`InputPathsMap for target ${id} contains invalid path ${path}.`);
  }
  for (const name of placeholdersIn(InputTemplate)) {
    if (!Object.hasOwn(InputPathsMap, name) && !predefined.has(name)) {
      throw invalid(`InputTemplate for target ${id} contains invalid placeholder ${name}.`);
    }
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
