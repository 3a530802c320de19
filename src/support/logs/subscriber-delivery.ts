import { gzipSync } from 'node:zlib';
import type { Context } from '#runtime/context.ts';
import { jobId } from '#runtime/run-job.ts';
import { ServiceError } from '#wire/service-error.ts';
import { groupArn, readDestination } from './engine/names.ts';
import type { Pattern } from './engine/pattern/pattern.ts';
import { eventId } from './engine/position.ts';
import { invalid } from './errors.ts';
import type { Found } from './reading.ts';
import { destinations, type SubscriptionRow } from './records.ts';

const kind = 'logs/deliver';

/** Characters of lines in one message; Lambda takes 256 KB of it, compressed and in base64. */
const maxMessage = 256 * 1024;

/** How long a delivery is tried (user guide, "subscriptions": 24 hours). */
const patience = 24 * 3_600_000;
const firstRetry = 60_000;

/** A subscriber's message on its way. */
export type Delivery = {
  readonly groupName: string;
  readonly destinationArn: string;
  /** What Lambda gets: gzip, base64. */
  readonly data: string;
};

/** Failures that another try does not mend: AWS gives up, too. */
const final =
  /^(?:AccessDenied|ResourceNotFound|NoSuch|Validation|InvalidParameter|InvalidRequestContent|RequestTooLarge|UnsupportedOperation)/;

type Message = {
  readonly messageType: 'DATA_MESSAGE' | 'CONTROL_MESSAGE';
  readonly owner: string;
  readonly logGroup: string;
  readonly logStream: string;
  readonly subscriptionFilters: readonly string[];
  readonly logEvents: readonly {
    readonly id: string;
    readonly timestamp: number;
    readonly message: string;
    readonly extractedFields?: Readonly<Record<string, string>>;
  }[];
};

/** Makes the messages for lines of one stream that a filter takes. */
export function messagesFor(
  account: string,
  filter: Pick<SubscriptionRow, 'name' | 'groupName' | 'destinationArn'>,
  pattern: Pattern | undefined,
  lines: readonly Found[],
): readonly Delivery[] {
  const parts: Found[][] = [];
  let size = 0;
  for (const line of lines) {
    size += line.message.length;
    const part = parts.at(-1);
    if (part !== undefined && size <= maxMessage) part.push(line);
    else {
      parts.push([line]);
      size = line.message.length;
    }
  }
  return parts.map((part) => ({
    groupName: filter.groupName,
    destinationArn: filter.destinationArn,
    data: packed({
      messageType: 'DATA_MESSAGE',
      owner: account,
      logGroup: filter.groupName,
      logStream: part[0]?.streamName ?? '',
      subscriptionFilters: [filter.name],
      logEvents: part.map((line) => ({
        id: eventId(line),
        timestamp: line.time,
        message: line.message,
        ...(pattern?.kind === 'delimited' ? { extractedFields: fieldsIn(pattern, line.message) } : {}),
      })),
    }),
  }));
}

function fieldsIn(pattern: Pattern, message: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(pattern.extract(message)).map(([name, value]) => [name.slice(1), value]));
}

function packed(message: Message): string {
  return gzipSync(JSON.stringify(message)).toString('base64');
}

/**
 * Tells a new subscriber that it is one; a subscriber that cannot be reached is refused.
 *
 * @throws ServiceError InvalidParameterException
 */
export async function announceSubscription(
  ctx: Context,
  filter: Pick<SubscriptionRow, 'groupName' | 'destinationArn'>,
): Promise<void> {
  const message = 'CWL CONTROL MESSAGE: Checking health of destination Lambda function.';
  const data = packed({
    messageType: 'CONTROL_MESSAGE',
    owner: 'CloudwatchLogs',
    logGroup: '',
    logStream: '',
    subscriptionFilters: [],
    logEvents: [{ id: '', timestamp: ctx.now, message }],
  });
  try {
    await send(ctx, { groupName: filter.groupName, destinationArn: filter.destinationArn, data });
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    throw invalid(
      'Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your function.',
    );
  }
}

/** Hands a message over; what a later try may mend is tried again for a day. */
export async function deliver(ctx: Context, delivery: Delivery): Promise<void> {
  try {
    await send(ctx, delivery);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    if (final.test(error.code)) return;
    const payload: Retry = { ...delivery, until: ctx.now + patience };
    ctx.schedule({ kind, id: jobId(ctx.account, ctx.region, ctx.uuid()), runAt: ctx.now + firstRetry, payload });
  }
}

type Retry = Delivery & { readonly until: number };

/** One more try; a failure lets the job run again later. */
export async function deliverAgain(_id: string, payload: unknown, ctx: Context): Promise<void> {
  const { until, ...delivery } = payload as Retry;
  if (ctx.now > until) return;
  try {
    await send(ctx, delivery);
  } catch (error) {
    if (error instanceof ServiceError && final.test(error.code)) return;
    throw error;
  }
}

/** @throws ServiceError of Lambda, or when the destination is gone */
async function send(ctx: Context, { groupName, destinationArn, data }: Delivery): Promise<void> {
  const source = { arn: `${groupArn(ctx.account, ctx.region, groupName)}:*`, account: ctx.account };
  const Payload = Buffer.from(JSON.stringify({ awslogs: { data } }));
  const place = readDestination(destinationArn);
  if (place === undefined) {
    const options = { as: 'service', source, account: accountIn(destinationArn) } as const;
    await ctx.call('lambda', 'Invoke', { FunctionName: destinationArn, InvocationType: 'Event', Payload }, options);
    return;
  }
  const row = await ctx.records.at({ account: place.account }).get(destinations, place.name);
  if (row === undefined)
    throw new ServiceError('ResourceNotFoundException', 'The specified destination does not exist.');
  await ctx.call(
    'lambda',
    'Invoke',
    { FunctionName: row.targetArn, InvocationType: 'Event', Payload },
    { as: { role: row.roleArn, session: 'CloudWatchLogs' }, source },
  );
}

function accountIn(arn: string): string {
  return arn.split(':', 5)[4] ?? '';
}
