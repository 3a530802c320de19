import type { CallOptions, Context } from '#runtime/context.ts';
import { queueUrl } from '../queue-url.ts';
import { type Failure, failureOf } from '../target-failure.ts';
import { invalid, type Target } from './api.ts';
import { callUniversal, isUniversal } from './universal-target.ts';

/** How a kind of target is called. Throws the target's refusal; answers a failure that came without one. */
type Caller = (ctx: Context, target: Target, text: string, options: CallOptions) => Promise<Failure | undefined>;

/** By the service and the beginning of the resource in the target's ARN (user guide, "Using templated targets"). */
const kinds: readonly { readonly arn: RegExp; readonly call: Caller }[] = [
  {
    arn: /^arn:aws:lambda:[^:]+:\d{12}:function:/,
    call: async (ctx, { Arn }, text, options) => {
      const input = { FunctionName: Arn, InvocationType: 'Event', Payload: Buffer.from(text) } as const;
      await ctx.call('lambda', 'Invoke', input, options);
      return undefined;
    },
  },
  {
    arn: /^arn:aws:sqs:[^:]+:\d{12}:[\w.-]+$/,
    call: async (ctx, { Arn, SqsParameters }, text, options) => {
      const group = SqsParameters?.MessageGroupId;
      const more = group === undefined ? {} : { MessageGroupId: group };
      await ctx.call('sqs', 'SendMessage', { QueueUrl: queueUrl(Arn), MessageBody: text, ...more }, options);
      return undefined;
    },
  },
  {
    arn: /^arn:aws:sns:[^:]+:\d{12}:[\w.-]+$/,
    call: async (ctx, { Arn }, text, options) => {
      await ctx.call('sns', 'Publish', { TopicArn: Arn, Message: text }, options);
      return undefined;
    },
  },
  {
    arn: /^arn:aws:events:[^:]+:\d{12}:event-bus\//,
    call: async (ctx, { Arn, EventBridgeParameters }, text, options) => {
      const { Source, DetailType } = EventBridgeParameters ?? {};
      const Entries = [{ EventBusName: Arn, Source, DetailType, Detail: text }];
      const { Entries: [result] = [] } = await ctx.call('events', 'PutEvents', { Entries }, options);
      return result?.ErrorCode === undefined ? undefined : failureOf(result.ErrorCode, result.ErrorMessage ?? '');
    },
  },
];

/** Refuses a target that could never be called. @throws ServiceError ValidationException, AccessDenied */
export async function checkTarget(ctx: Context, target: Target, schedule: string): Promise<void> {
  const { Arn, Input, EventBridgeParameters, SqsParameters } = target;
  const universal = isUniversal(Arn);
  if (!universal && !kinds.some(({ arn }) => arn.test(Arn))) throw invalid(`Provided Arn ${Arn} is not supported.`);
  if (universal && Input !== undefined && !isJson(Input)) throw invalid('Input must be valid JSON for this target.');
  const toBus = Arn.startsWith('arn:aws:events:');
  if (toBus !== (EventBridgeParameters !== undefined)) {
    throw invalid('EventBridgeParameters must be provided for an event bus, and only for one.');
  }
  if (toBus && Input !== undefined && !isJson(Input)) throw invalid('Input must be valid JSON for this target.');
  if (/^arn:aws:sqs:.*\.fifo$/.test(Arn) && SqsParameters === undefined) {
    throw invalid('SqsParameters must be provided for FIFO queues.');
  }
  await ctx.authorise(
    'iam:PassRole',
    { arn: target.RoleArn },
    { 'iam:PassedToService': 'scheduler.amazonaws.com', 'iam:AssociatedResourceArn': schedule },
  );
}

/** Calls a target as the schedule's role. @throws ServiceError */
export function callTarget(ctx: Context, target: Target, schedule: string, text: string): Promise<Failure | undefined> {
  const { Arn, RoleArn } = target;
  const [, , , region] = Arn.split(':');
  const options: CallOptions = {
    as: { role: RoleArn, session: 'scheduler' },
    source: { arn: schedule, account: ctx.account },
    ...(region === undefined || region === '' ? {} : { region }),
  };
  if (isUniversal(Arn)) return callUniversal(ctx, Arn, text, options);
  const kind = kinds.find(({ arn }) => arn.test(Arn));
  if (kind !== undefined) return kind.call(ctx, target, text, options);
  return Promise.resolve({ code: 'NO_RESOURCE', message: `targets such as ${Arn} are not served`, retry: false });
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
