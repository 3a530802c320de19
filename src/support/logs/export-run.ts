import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Context } from '#runtime/context.ts';
import { jobId } from '#runtime/run-job.ts';
import { ServiceError } from '#wire/service-error.ts';
import { Breath, linesBetween } from './breath.ts';
import { groupArn } from './engine/names.ts';
import { endBefore, eventId, positionIn, startOf } from './engine/position.ts';
import { exportJob } from './exports.ts';
import { type Found, readEvents } from './reading.ts';
import { type ExportRow, exportTasks, streamKey, streams } from './records.ts';

const compressed = promisify<string, Buffer>(gzip);

/** Characters of the lines in one file. */
const fileSize = 8 * 1024 * 1024;

const fileLines = 200_000;

/** Where a task stands: the stream under way, its next file, and the event behind which that begins. */
type Progress = { readonly stream?: string; readonly file?: number; readonly after?: string };

/** Writes the next file of a task and comes again for the one after it, so that progress is kept and seen, and a task can be cancelled. */
export async function runExport(id: string, payload: unknown, ctx: Context): Promise<void> {
  const task = await ctx.records.get(exportTasks, id);
  if (task === undefined || (task.status !== 'PENDING' && task.status !== 'RUNNING')) return;
  const progress = (payload ?? {}) as Progress;
  const again = (next: Progress) =>
    ctx.schedule({ kind: exportJob, id: jobId(ctx.account, ctx.region, id), runAt: ctx.now, payload: next });
  const put = (change: Partial<ExportRow>) => ctx.records.put(exportTasks, id, { ...task, ...change });
  if (task.status === 'PENDING') {
    put({ status: 'RUNNING' });
    return again(progress);
  }
  try {
    const next = await nextFile(ctx, task, progress);
    if (next !== undefined) return again(next);
    put({ status: 'COMPLETED', completed: ctx.now, message: 'Completed successfully' });
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    put({ status: 'FAILED', completed: ctx.now, message: error.message });
  }
}

/** @returns undefined when all is done */
async function nextFile(ctx: Context, task: ExportRow, progress: Progress): Promise<Progress | undefined> {
  const name = progress.stream ?? (await streamAfter(ctx, task, undefined));
  if (name === undefined) return undefined;
  const { file = 0, after } = progress;
  const lines = await linesOf(ctx, task, name, after);
  if (lines.length > 0) await write(ctx, task, name, file, lines);
  const last = lines.at(-1);
  if (last !== undefined) return { stream: name, file: file + 1, after: eventId(last) };
  const next = await streamAfter(ctx, task, name);
  return next === undefined ? undefined : { stream: next };
}

async function streamAfter(ctx: Context, task: ExportRow, after: string | undefined): Promise<string | undefined> {
  const [next] = await ctx.records.list(streams, {
    prefix: streamKey(task.groupId, task.streamPrefix ?? ''),
    limit: 1,
    ...(after === undefined ? {} : { after: streamKey(task.groupId, after) }),
  });
  return next?.value.name;
}

async function linesOf(
  ctx: Context,
  task: ExportRow,
  name: string,
  after: string | undefined,
): Promise<readonly Found[]> {
  const stream = await ctx.records.get(streams, streamKey(task.groupId, name));
  const found: Found[] = [];
  let size = 0;
  if (stream === undefined) return found;
  await readEvents(ctx, ctx.records, {
    scope: { kind: 'streams', ids: [stream.id] },
    after: (after === undefined ? undefined : positionIn(after)) ?? endBefore(task.from),
    before: startOf(task.to + 1),
    direction: 'forward',
    most: fileLines,
    take: (line) => {
      found.push(line);
      size += line.message.length;
      return size < fileSize;
    },
  });
  return found;
}

async function write(
  ctx: Context,
  task: ExportRow,
  stream: string,
  file: number,
  lines: readonly Found[],
): Promise<void> {
  const breath = new Breath();
  const parts: string[] = [];
  for (const [number, { time, message }] of lines.entries()) {
    if (number % linesBetween === 0) await breath.taken();
    parts.push(`${new Date(time).toISOString()} ${message}
`);
  }
  const Body = await compressed(parts.join(''));
  // Slashes in the name of a stream would make folders.
  const Key = `${task.prefix}/${task.id}/${stream.replaceAll('/', '-')}/${String(file).padStart(6, '0')}.gz`;
  const source = { arn: groupArn(ctx.account, ctx.region, task.groupName), account: ctx.account };
  await ctx.call('s3', 'PutObject', { Bucket: task.bucket, Key, Body }, { as: 'service', source });
}
