import { collection } from '#runtime/collection.ts';
import type { ResourceRef } from '#runtime/operation.ts';
import type { Service } from '#runtime/service.ts';
import type { ServiceError } from '#wire/service-error.ts';
import { type Ringwall, startRingwall } from '../../../test/harness/start.ts';

/** A message that a toy queue or topic took. */
export type Message = {
  readonly to: string;
  readonly body: string;
  readonly group: string | undefined;
  readonly attributes: Readonly<Record<string, string>>;
};

const messages = collection<Message>('sqs/toy-message', 'regional');

/** A server whose queues, topics, functions and log groups are toys that tests look into and make fail. */
export type Stage = {
  readonly ringwall: Ringwall;
  /** Messages by the resource that took them, in their order. */
  taken(name: string): Promise<readonly Message[]>;
  /** Bodies of a queue's messages, parsed. */
  bodies(name: string): Promise<readonly Record<string, unknown>[]>;
  /** Policies by resource; without one, only its own account gets in. */
  readonly policies: Map<string, string>;
  /** Refusals by resource: what a call to it throws. */
  readonly refusals: Map<string, ServiceError>;
  /** How often each operation was called: `SendMessageBatch`. */
  readonly calls: Map<string, number>;
};

/** The policy of a queue that this service may send to for the rules of an account. */
export function queuePolicy(queueArn: string, action = 'sqs:SendMessage'): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: action, Resource: queueArn },
    ],
  });
}

export async function openStage(flags: Parameters<typeof startRingwall>[0] = {}): Promise<Stage> {
  const ringwall = await startRingwall({ logLevel: 'silent', ...flags });
  const policies = new Map<string, string>();
  const refusals = new Map<string, ServiceError>();
  const calls = new Map<string, number>();
  let next = 0;

  type Ctx = Parameters<Exclude<Service['operations'][string], { unsupported: string }>['handle']>[1];
  type Took = { readonly id: string; readonly message: Message };
  const take = (ctx: Ctx, took: readonly Took[]) => {
    for (const { message } of took) {
      const refusal = refusals.get(message.to);
      if (refusal !== undefined) throw refusal;
      next += 1;
      ctx.records.create(messages, `${message.to}|${String(next).padStart(8, '0')}`, message);
    }
    return {
      MessageId: 'm',
      Successful: took.map(({ id }) => ({ Id: id, MessageId: 'm', MD5OfMessageBody: '' })),
      Failed: [],
    };
  };
  const resource = (service: string, name: string, ctx: Ctx): ResourceRef => {
    const arn = `arn:aws:${service}:${ctx.region}:${ctx.account}:${name}`;
    const text = policies.get(name);
    const policy = text === undefined ? undefined : { kind: 'resource' as const, source: `policy of ${arn}`, text };
    return { arn, account: ctx.account, policy };
  };
  const operation = (
    service: string,
    action: string,
    nameOf: (input: never) => string,
    read: (input: never, name: string) => readonly Took[],
  ) => ({
    action,
    resource: (input: never, ctx: Ctx) => resource(service, nameOf(input), ctx),
    handle: async (input: never, ctx: Ctx) => {
      calls.set(ctx.operation, (calls.get(ctx.operation) ?? 0) + 1);
      return take(ctx, read(input, nameOf(input)));
    },
  });
  type Body = {
    readonly Id?: string;
    readonly MessageBody?: string;
    readonly Message?: string;
    readonly MessageGroupId?: string;
    readonly MessageAttributes?: Readonly<Record<string, { readonly StringValue?: string }>>;
  };
  const took = (name: string, body: Body): Took => ({
    id: body.Id ?? '',
    message: {
      to: name,
      body: body.MessageBody ?? body.Message ?? '',
      group: body.MessageGroupId,
      attributes: Object.fromEntries(
        Object.entries(body.MessageAttributes ?? {}).map(([key, { StringValue = '' }]) => [key, StringValue]),
      ),
    },
  });
  const queueName = ({ QueueUrl }: { readonly QueueUrl: string }) => QueueUrl.slice(QueueUrl.lastIndexOf('/') + 1);
  const topicName = ({ TopicArn }: { readonly TopicArn: string }) => TopicArn.slice(TopicArn.lastIndexOf(':') + 1);
  const toys: readonly Pick<Service, 'name' | 'operations'>[] = [
    {
      name: 'sqs',
      operations: {
        SendMessage: operation('sqs', 'sqs:SendMessage', queueName, (input: Body, name) => [took(name, input)]),
        SendMessageBatch: operation(
          'sqs',
          'sqs:SendMessage',
          queueName,
          ({ Entries }: { readonly Entries: readonly Body[] }, name) => Entries.map((entry) => took(name, entry)),
        ),
      },
    },
    {
      name: 'sns',
      operations: {
        PublishBatch: operation(
          'sns',
          'sns:Publish',
          topicName,
          ({ PublishBatchRequestEntries }: { readonly PublishBatchRequestEntries: readonly Body[] }, name) =>
            PublishBatchRequestEntries.map((entry) => took(name, entry)),
        ),
      },
    },
    {
      name: 'lambda',
      operations: {
        Invoke: operation(
          'lambda',
          'lambda:InvokeFunction',
          ({ FunctionName }: { readonly FunctionName: string }) => FunctionName.split(':').slice(5).join(':'),
          ({ Payload }: { readonly Payload: Uint8Array }, name) => [
            took(name, { Message: Buffer.from(Payload).toString() }),
          ],
        ),
      },
    },
    {
      name: 'logs',
      operations: {
        PutLogEvents: operation(
          'logs',
          'logs:PutLogEvents',
          ({ logGroupName }: { readonly logGroupName: string }) => `log-group:${logGroupName}`,
          ({ logEvents }: { readonly logEvents: readonly { readonly message: string }[] }, name) =>
            logEvents.map(({ message }) => took(name, { Message: message })),
        ),
      },
    },
  ];
  const services = ringwall.installation.house.services as Map<string, Service>;
  for (const { name, operations } of toys) {
    const host = `${name}.amazonaws.com`;
    // What the real service does beside its operations stays.
    const real = services.get(name);
    const served: Service = real ?? { name, prefix: name, host, operations: {}, collections: [messages] };
    services.set(name, { ...served, operations: { ...served.operations, ...(operations as Service['operations']) } });
  }

  const taken = async (name: string): Promise<readonly Message[]> => {
    await ringwall.settled();
    const { store } = ringwall.installation.house;
    const found: Message[] = [];
    for (const account of [ringwall.account, '222222222222']) {
      for (const region of ['us-east-1', 'eu-west-1']) {
        const range = { collection: messages.name, account, region, prefix: `${name}|` };
        found.push(...(await store.scan<Message>(range)).map(({ value }) => value));
      }
    }
    return found;
  };
  return {
    ringwall,
    taken,
    bodies: async (name) => (await taken(name)).map(({ body }) => JSON.parse(body) as Record<string, unknown>),
    policies,
    refusals,
    calls,
  };
}
