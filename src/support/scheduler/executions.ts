import type { Context } from '#runtime/context.ts';
import { jobId } from '#runtime/run-job.ts';
import { queueUrl } from '../queue-url.ts';
import { nextAttempt } from '../retry-policy.ts';
import { type Failure, failureFrom } from '../target-failure.ts';
import type { Target } from './api.ts';
import { type Facts, inputFor } from './engine/input.ts';
import { scheduleArn } from './records.ts';
import { callTarget } from './targets.ts';

/** One run of a schedule, as it was when it ran. Times in ms. */
export type Execution = {
  readonly id: string;
  readonly schedule: string;
  readonly group: string;
  readonly name: string;
  readonly target: Target;
  readonly scheduled: number;
  readonly began: number;
  readonly retries: number;
};

const retryKind = 'scheduler/retry';
/** Characters of a reason that are kept. */
const maxMessage = 1_024;

/** Calls the target; what fails is tried again as its retry policy says, then goes to its dead-letter queue. */
export async function execute(ctx: Context, execution: Execution): Promise<void> {
  const { target, retries } = execution;
  const arn = scheduleArn(ctx, execution.group, execution.name);
  const text = inputFor(target.Input, factsOf(ctx, execution, arn));
  const failure = await outcomeOf(() => callTarget(ctx, target, arn, text));
  if (failure === undefined) return;
  if (!failure.retry) return bury(ctx, execution, arn, text, failure, undefined);
  const chance = (ctx.random(1)[0] ?? 0) / 256;
  const next = nextAttempt(target.RetryPolicy ?? {}, retries, execution.began, ctx.now, chance);
  if ('exhausted' in next) return bury(ctx, execution, arn, text, failure, next.exhausted);
  const payload: Execution = { ...execution, retries: retries + 1 };
  ctx.schedule({ kind: retryKind, id: jobId(ctx.account, ctx.region, execution.id), runAt: next.at, payload });
}

export async function executeAgain(_what: string, payload: unknown, ctx: Context): Promise<void> {
  await execute(ctx, payload as Execution);
}

async function outcomeOf(call: () => Promise<Failure | undefined>): Promise<Failure | undefined> {
  try {
    return await call();
  } catch (error) {
    return failureFrom(error);
  }
}

function factsOf(ctx: Context, { id, scheduled, retries }: Execution, arn: string): Facts {
  const { account, region } = ctx;
  return { id, scheduled, attempt: retries + 1, arn, account, region };
}

/** Sends the input to the target's dead-letter queue, as the schedule's role (user guide, "Configuring a dead-letter queue"). */
async function bury(
  ctx: Context,
  { id, target, scheduled, retries }: Execution,
  arn: string,
  text: string,
  failure: Failure,
  exhausted: string | undefined,
): Promise<void> {
  const queue = target.DeadLetterConfig?.Arn;
  if (queue === undefined) return;
  const strings = {
    ERROR_CODE: failure.code,
    ERROR_MESSAGE: failure.message.slice(0, maxMessage) || failure.code,
    EXECUTION_ID: id,
    IS_PAYLOAD_TRUNCATED: 'false',
    SCHEDULED_TIME: new Date(scheduled).toISOString(),
    SCHEDULE_ARN: arn,
    TARGET_ARN: target.Arn,
    ...(exhausted === undefined ? {} : { EXHAUSTED_RETRY_CONDITION: exhausted }),
  };
  const MessageAttributes = {
    ...Object.fromEntries(
      Object.entries(strings).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
    ),
    RETRY_ATTEMPTS: { DataType: 'Number', StringValue: String(retries) },
  };
  await outcomeOf(async () => {
    const [, , , region = ctx.region] = queue.split(':');
    const as = { role: target.RoleArn, session: 'scheduler' };
    const source = { arn, account: ctx.account };
    const input = { QueueUrl: queueUrl(queue), MessageBody: text, MessageAttributes };
    await ctx.call('sqs', 'SendMessage', input, { as, source, region });
    return undefined;
  });
}
