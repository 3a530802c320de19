import { createHash } from 'node:crypto';
import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import type { Parcel } from './deliveries.ts';
import type { Letters } from './letters.ts';
import { topicArn } from './names.ts';
import type { Protocol } from './records.ts';
import { isFailure, type Line, type Outcome } from './senders/sender.ts';

/** How attributes of a topic name the protocols whose deliveries are logged; mail has none. */
const kinds: Readonly<Partial<Record<Protocol, string>>> = {
  http: 'HTTP',
  https: 'HTTP',
  lambda: 'Lambda',
  sqs: 'SQS',
};

/** Characters of an answer that are logged: an endpoint may answer anything. */
const maxAnswer = 1_024;

/**
 * Writes what became of a delivery to CloudWatch Logs, through the topic's feedback role (developer guide, "Message delivery status"). A role
 * or log group that cannot be used loses the entry, not the message.
 */
export async function logDelivery(
  ctx: Context,
  line: Line,
  parcel: Parcel,
  outcome: Outcome,
  letters: Letters,
): Promise<void> {
  const kind = kinds[line.subscription.protocol];
  if (kind === undefined || 'confirmation' in parcel) return;
  const failed = isFailure(outcome);
  const { attributes, name } = line.row;
  const role = attributes[`${kind}${failed ? 'Failure' : 'Success'}FeedbackRoleArn`] ?? '';
  const rate = failed ? 100 : Number(attributes[`${kind}SuccessFeedbackSampleRate`] ?? 0);
  if (role === '' || ((ctx.random(1)[0] ?? 0) / 256) * 100 >= rate) return;
  const { message } = parcel;
  const text = letters.letter(message, line.subscription).notice.Message;
  const statusCode = failed ? Number(/^HTTP (\d{3})$/.exec(outcome.message)?.[1]) || 400 : outcome.statusCode;
  const answer = failed ? `${outcome.code}: ${outcome.message}` : outcome.providerResponse;
  const entry = {
    notification: {
      messageMD5Sum: createHash('md5').update(text).digest('hex'),
      messageId: message.id,
      topicArn: topicArn(line.topic),
      timestamp: new Date(message.time).toISOString().replace('T', ' ').replace('Z', ''),
    },
    delivery: {
      deliveryId: ctx.uuid(),
      destination: line.subscription.endpoint,
      providerResponse: answer.slice(0, maxAnswer),
      dwellTimeMs: ctx.now - message.time,
      statusCode,
    },
    status: failed ? 'FAILURE' : 'SUCCESS',
  };
  const { account, region } = line.topic;
  const logGroupName = `sns/${region}/${account}/${name}${failed ? '/Failure' : ''}`;
  await write(ctx, line, role, logGroupName, JSON.stringify(entry));
}

async function write(ctx: Context, { topic }: Line, role: string, logGroupName: string, message: string) {
  const { account, region } = topic;
  const source = { arn: topicArn(topic), account };
  const options = { as: { role, session: 'sns-delivery-status' }, source, region } as const;
  const logStreamName = `${new Date(ctx.now).toISOString().slice(0, 10)}-sns`;
  const logEvents = [{ timestamp: ctx.now, message }];
  const put = () => ctx.call('logs', 'PutLogEvents', { logGroupName, logStreamName, logEvents }, options);
  try {
    try {
      await put();
    } catch (error) {
      if (!(error instanceof ServiceError) || error.code !== 'ResourceNotFoundException') throw error;
      await made(() => ctx.call('logs', 'CreateLogGroup', { logGroupName }, options));
      await made(() => ctx.call('logs', 'CreateLogStream', { logGroupName, logStreamName }, options));
      await put();
    }
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
  }
}

async function made(create: () => Promise<unknown>): Promise<void> {
  try {
    await create();
  } catch (error) {
    if (!(error instanceof ServiceError) || error.code !== 'ResourceAlreadyExistsException') throw error;
  }
}
