import type { Context } from '#runtime/context.ts';
import { pageOf } from '#runtime/page.ts';
import type { Listed } from '#runtime/records.ts';
import { jobId } from '#runtime/run-job.ts';
import { ServiceError } from '#wire/service-error.ts';
import { groupResource, ownGroup } from './access.ts';
import type { Operation, Output } from './api.ts';
import { groupArn } from './engine/names.ts';
import { invalid, invalidToken, limitExceeded, notFound } from './errors.ts';
import { type ExportRow, exportTasks } from './records.ts';

export const exportJob = 'logs/export';
const defaultPrefix = 'exportedlogs';
const defaultPage = 50;
/** At a time in an account and Region (API reference, "CreateExportTask"). */
const maxActive = 1;

const active = (row: ExportRow) => row.status === 'PENDING' || row.status === 'RUNNING';

export const CreateExportTask: Operation<'CreateExportTask'> = {
  resource: ({ logGroupName }, ctx) => groupResource({ logGroupName }, ctx),
  handle: async (input, ctx) => {
    const { logGroupName, from, to, destination: bucket, destinationPrefix: prefix = defaultPrefix } = input;
    const group = await ownGroup(ctx, logGroupName);
    if (to < from) throw invalid('The specified time range is not valid: `from` is after `to`.');
    if (to < group.created)
      throw invalid('The specified time range is not valid: `to` is before the log group was created.');
    const tasks = await ctx.records.list(exportTasks);
    if (tasks.filter(({ value }) => active(value)).length >= maxActive) throw limitExceeded();
    await checkBucket(ctx, groupArn(ctx.account, ctx.region, logGroupName), bucket, prefix);
    const id = await ctx.once('task', async () => ctx.uuid());
    ctx.records.create(exportTasks, id, {
      id,
      name: input.taskName,
      groupName: group.name,
      groupId: group.id,
      streamPrefix: input.logStreamNamePrefix,
      from,
      to,
      bucket,
      prefix,
      status: 'PENDING',
      message: undefined,
      created: ctx.now,
      completed: undefined,
    });
    ctx.schedule({ kind: exportJob, id: jobId(ctx.account, ctx.region, id), runAt: ctx.now, payload: {} });
    return { taskId: id };
  },
};

export const CancelExportTask: Operation<'CancelExportTask'> = {
  resource: () => '*',
  handle: async ({ taskId }, ctx) => {
    const row = await ctx.records.get(exportTasks, taskId);
    if (row === undefined) throw notFound('export task');
    if (!active(row))
      throw new ServiceError('InvalidOperationException', 'The specified export task has already finished.');
    ctx.records.put(exportTasks, taskId, {
      ...row,
      status: 'CANCELLED',
      completed: ctx.now,
      message: 'Cancelled by user',
    });
    return {};
  },
};

export const DescribeExportTasks: Operation<'DescribeExportTasks'> = {
  resource: () => '*',
  handle: async ({ taskId, statusCode, nextToken, limit = defaultPage }, ctx) => {
    if (taskId !== undefined) {
      const row = await ctx.records.get(exportTasks, taskId);
      const wanted = row !== undefined && (statusCode === undefined || row.status === statusCode);
      return { exportTasks: wanted ? [described(row)] : [] };
    }
    const page = await pageOf<Listed<ExportRow>>(
      nextToken,
      limit,
      ({ id }) => id,
      invalidToken,
      async (after, count) => {
        const listed = await ctx.records.list(exportTasks, after === undefined ? {} : { after });
        return listed.filter(({ value }) => statusCode === undefined || value.status === statusCode).slice(0, count);
      },
    );
    return { exportTasks: page.entries.map(({ value }) => described(value)), nextToken: page.nextToken };
  },
};

/** AWS tries the bucket before it takes a task: it must be there, and its policy must let the service in. */
async function checkBucket(ctx: Context, arn: string, bucket: string, prefix: string): Promise<void> {
  const options = { as: 'service', source: { arn, account: ctx.account } } as const;
  const attempt = async (name: string, call: () => Promise<unknown>) => {
    if ((await refusalOf(call)) === undefined) return;
    // A service is denied what is not there, too: whoever calls may know more.
    const reason = await refusalOf(() => ctx.call('s3', 'HeadBucket', { Bucket: bucket }));
    if (reason === 'NoSuchBucket' || reason === 'NotFound')
      throw invalid('The given bucket does not exist. Please make sure the bucket is valid.');
    throw invalid(
      `${name} call on the given bucket failed. Please check if CloudWatch Logs has been granted permission to perform this operation.`,
    );
  };
  await attempt('GetBucketAcl', () => ctx.call('s3', 'GetBucketAcl', { Bucket: bucket }, options));
  const Body = Buffer.from('Permission Check Successful');
  const test = { Bucket: bucket, Key: `${prefix}/aws-logs-write-test`, Body };
  await attempt('PutObject', () => ctx.call('s3', 'PutObject', test, options));
}

/** The code of the error that a call ends with. */
async function refusalOf(call: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await call();
    return undefined;
  } catch (error) {
    if (error instanceof ServiceError) return error.code;
    throw error;
  }
}

type Described = NonNullable<Output<'DescribeExportTasks'>['exportTasks']>[number];

function described(row: ExportRow): Described {
  return {
    taskId: row.id,
    ...(row.name === undefined ? {} : { taskName: row.name }),
    logGroupName: row.groupName,
    from: row.from,
    to: row.to,
    destination: row.bucket,
    destinationPrefix: row.prefix,
    status: { code: row.status, ...(row.message === undefined ? {} : { message: row.message }) },
    executionInfo: {
      creationTime: row.created,
      ...(row.completed === undefined ? {} : { completionTime: row.completed }),
    },
  };
}
