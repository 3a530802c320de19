import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import { queueUrl } from '../queue-url.ts';
import { parsePattern } from './engine/filter-pattern.ts';
import { latest, sessionName } from './engine/function-name.ts';
import { invalidParameter } from './errors.ts';
import { mappingArn } from './mapping-access.ts';
import { findAlias, findVersion, functions, type MappingRow, type Settings } from './records.ts';
import { unserved } from './settings.ts';

/** Filters of a mapping at most (Lambda quotas). */
const maxFilters = 5;

/** What is wrong with a mapping: its numbers, its filters, the queue, or what the function's role may do there. @throws ServiceError */
export async function checkMapping(ctx: Context, row: MappingRow): Promise<void> {
  const fifo = row.source.endsWith('.fifo');
  if (fifo && row.batchSize > 10) {
    throw invalidParameter('BatchSize: expected at most 10 for a FIFO queue');
  }
  if (fifo && row.windowSeconds > 0) throw invalidParameter('Batching window is not supported for FIFO queues');
  if (row.batchSize > 10 && row.windowSeconds === 0) {
    throw invalidParameter(
      'Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10',
    );
  }
  if (row.filters.length > maxFilters) throw invalidParameter(`FilterCriteria: expected at most ${maxFilters} filters`);
  if (row.filters.some((pattern) => parsePattern(pattern) === undefined)) {
    throw invalidParameter('Invalid filter pattern definition.');
  }
  if (row.kmsKeyArn !== undefined) throw unserved('KMSKeyArn of event source mappings: records are encrypted anyway');
  await checkQueue(ctx, row);
}

/** The function's settings that a mapping runs with. */
export async function settingsFor(ctx: Context, row: MappingRow): Promise<Settings | undefined> {
  const whole = await ctx.records.get(functions, row.functionName);
  const qualifier = row.qualifier ?? latest;
  const alias = await findAlias(ctx.records, row.functionName, qualifier);
  const version = whole && (await findVersion(ctx.records, whole, alias?.version ?? qualifier));
  return version?.settings;
}

async function checkQueue(ctx: Context, row: MappingRow): Promise<void> {
  const settings = await settingsFor(ctx, row);
  if (settings === undefined) throw invalidParameter('Function does not exist');
  const [, , , region] = row.source.split(':');
  if (region !== ctx.region) throw invalidParameter(`the queue is not in ${ctx.region}: \`${row.source}\``);
  const as = {
    as: { role: settings.role, session: sessionName(row.functionName) },
    source: { arn: mappingArn(ctx.region, ctx.account, row.uuid), account: ctx.account },
  };
  let seconds: number;
  try {
    const { Attributes } = await ctx.call(
      'sqs',
      'GetQueueAttributes',
      { QueueUrl: queueUrl(row.source), AttributeNames: ['VisibilityTimeout'] },
      as,
    );
    seconds = Number(Attributes?.VisibilityTimeout ?? 0);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    if (error.code.startsWith('AccessDenied')) {
      throw invalidParameter('The provided execution role does not have permissions to call ReceiveMessage on SQS');
    }
    const code = error.code === 'QueueDoesNotExist' ? 'AWS.SimpleQueueService.NonExistentQueue' : error.code;
    throw invalidParameter(
      `Error occurred while ReceiveMessage. SQS Error Code: ${code}. SQS Error Message: ${error.message}`,
    );
  }
  if (seconds >= settings.timeout) return;
  throw invalidParameter(
    `Queue visibility timeout: ${seconds} seconds is less than Function timeout: ${settings.timeout} seconds`,
  );
}
