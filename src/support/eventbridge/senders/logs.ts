import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import type { Failure } from '../../target-failure.ts';
import { arnParts } from '../names.ts';
import { attempt, callOptions, type Line, type Parcel, parted, type Sender } from './sender.ts';

/** What one PutLogEvents takes, with the bytes that each event counts beside its text. */
const maxEvents = 1_000;
const maxBytes = 900 * 1024;

/** Writes parcels to a log group, into a stream of the rule's. */
export const writeToLogs: Sender = async (ctx, line, parcels) => {
  const failures = new Map<number, Failure>();
  for (const part of parted(parcels, maxEvents, maxBytes)) {
    const failed = await attempt(part.parcels, async () => {
      await write(ctx, line, part.parcels);
      return new Map();
    });
    for (const [index, failure] of failed) failures.set(part.from + index, failure);
  }
  return failures;
};

async function write(ctx: Context, line: Line, parcels: readonly Parcel[]): Promise<void> {
  const { resource = '' } = arnParts(line.target.Arn) ?? {};
  const logGroupName = resource.replace(/^log-group:/, '').replace(/:\*$/, '');
  const logStreamName = `events-${line.rule.name}`;
  const logEvents = parcels.map(logEvent).sort((a, b) => a.timestamp - b.timestamp);
  const options = callOptions(line);
  try {
    await ctx.call('logs', 'PutLogEvents', { logGroupName, logStreamName, logEvents }, options);
  } catch (error) {
    if (!(error instanceof ServiceError) || error.code !== 'ResourceNotFoundException') throw error;
    // The first event of a rule makes its stream.
    await ctx.call('logs', 'CreateLogStream', { logGroupName, logStreamName }, options);
    await ctx.call('logs', 'PutLogEvents', { logGroupName, logStreamName, logEvents }, options);
  }
}

/** A template for logs says time and text (user guide, "CloudWatch Logs" targets); otherwise they are the event's. */
function logEvent({ event, text }: Parcel): { readonly timestamp: number; readonly message: string } {
  if (text !== event.text) {
    const { timestamp, message } = membersOf(text);
    const time = Number(timestamp);
    if (typeof message === 'string' && Number.isSafeInteger(time) && time > 0) return { timestamp: time, message };
  }
  return { timestamp: event.time, message: text };
}

function membersOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}
