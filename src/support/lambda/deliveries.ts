import type { Context } from '#runtime/context.ts';
import { jobId } from '#runtime/run-job.ts';
import type { SlowJob } from '#runtime/service.ts';
import { ServiceError } from '#wire/service-error.ts';
import { queueUrl } from '../queue-url.ts';
import { sessionName } from './engine/function-name.ts';
import { fault, running } from './running.ts';

/** Something for a queue, a topic, a function or a bus, sent as the function's role. */
export type Delivery = {
  readonly target: string;
  readonly kind: 'success' | 'failure' | 'dead-letter';
  readonly body: string;
  readonly role: string;
  readonly functionName: string;
  readonly functionArn: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly resources?: readonly string[];
  readonly tries?: number;
};

/** A target that refuses is tried again after 1, 2, 4 and 8 minutes; then the record is lost, and the log says so. */
const maxTries = 5;

export function deliver(ctx: Context, requestId: string, delivery: Delivery): void {
  const id = jobId(ctx.account, ctx.region, `${requestId}|${delivery.kind}`);
  ctx.schedule({ kind: 'lambda/deliver', id, runAt: ctx.now, payload: delivery });
}

export const runDelivery: SlowJob = {
  slow: async (id, payload, ctx) => {
    const delivery = payload as Delivery;
    try {
      await send(ctx, delivery);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      const tries = (delivery.tries ?? 0) + 1;
      if (tries >= maxTries) {
        fault(running(ctx), delivery.functionArn, `a ${delivery.kind} record was not delivered: ${error.code}`);
        return;
      }
      ctx.schedule({
        kind: 'lambda/deliver',
        id: jobId(ctx.account, ctx.region, id),
        runAt: ctx.now + 60_000 * 2 ** (tries - 1),
        payload: { ...delivery, tries },
      });
    }
  },
};

async function send(ctx: Context, delivery: Delivery): Promise<void> {
  const { target, body, attributes = {}, functionArn, functionName, role, kind, resources = [] } = delivery;
  const [, , service, region = ctx.region] = target.split(':');
  const as = {
    as: { role, session: sessionName(functionName) },
    source: { arn: functionArn, account: ctx.account },
    region,
  };
  const types: Readonly<Record<string, string>> = { ErrorCode: 'Number' };
  const MessageAttributes = Object.fromEntries(
    Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: types[name] ?? 'String', StringValue }]),
  );
  switch (service) {
    case 'sqs': {
      const QueueUrl = queueUrl(target);
      await ctx.call('sqs', 'SendMessage', { QueueUrl, MessageBody: body, MessageAttributes }, as);
      return;
    }
    case 'sns':
      await ctx.call('sns', 'Publish', { TopicArn: target, Message: body, MessageAttributes }, as);
      return;
    case 'lambda':
      await ctx.call(
        'lambda',
        'Invoke',
        { FunctionName: target, InvocationType: 'Event', Payload: Buffer.from(body) },
        as,
      );
      return;
    case 'events': {
      const result = kind === 'success' ? 'Success' : 'Failure';
      const entry = {
        Source: 'lambda',
        DetailType: `Lambda Function Invocation Result - ${result}`,
        Resources: [target, ...resources],
        Detail: body,
        EventBusName: target,
      };
      const { FailedEntryCount, Entries } = await ctx.call('events', 'PutEvents', { Entries: [entry] }, as);
      if (FailedEntryCount) throw new ServiceError(Entries?.[0]?.ErrorCode ?? 'InternalFailure', 'the bus refused');
      return;
    }
    default:
      throw new ServiceError('InvalidParameterValueException', `\`${target}\` is no destination`);
  }
}
