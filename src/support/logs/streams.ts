import type { Context } from '#runtime/context.ts';
import { pageOf } from '#runtime/page.ts';
import type { Listed } from '#runtime/records.ts';
import { ServiceError } from '#wire/service-error.ts';
import { findGroup, findStream, groupResource, ownGroup, placeOf, streamResource } from './access.ts';
import type { Operation, Output } from './api.ts';
import { streamArn } from './engine/names.ts';
import { eventId, startOf } from './engine/position.ts';
import { exists, invalid, invalidToken } from './errors.ts';
import { forgetStream } from './purge.ts';
import { type StreamRow, streamKey, streams } from './records.ts';
import { withArrivals } from './seen.ts';

const defaultPage = 50;

export const CreateLogStream: Operation<'CreateLogStream'> = {
  resource: (input, ctx) => streamResource({ logGroupName: input.logGroupName }, input.logStreamName, ctx),
  handle: async ({ logGroupName, logStreamName: name }, ctx) => {
    const group = await ownGroup(ctx, logGroupName);
    const key = streamKey(group.id, name);
    if ((await ctx.records.get(streams, key)) !== undefined) throw exists('log stream');
    const id = ctx.uuid().replaceAll('-', '').slice(0, 16);
    ctx.records.put(streams, key, { name, id, group: group.id, created: ctx.now, seen: undefined });
    return {};
  },
};

export const DeleteLogStream: Operation<'DeleteLogStream'> = {
  resource: (input, ctx) => streamResource({ logGroupName: input.logGroupName }, input.logStreamName, ctx),
  handle: async ({ logGroupName, logStreamName }, ctx) => {
    const group = await ownGroup(ctx, logGroupName);
    forgetStream(ctx, await findStream(ctx.records, group, logStreamName));
    return {};
  },
};

export const DescribeLogStreams: Operation<'DescribeLogStreams'> = {
  resource: ({ logGroupName, logGroupIdentifier }, ctx) => {
    if (logGroupName !== undefined && logGroupIdentifier !== undefined) {
      throw new ServiceError(
        'ValidationException',
        'LogGroup name and LogGroup ARN are mutually exclusive parameters.',
        { status: 400 },
      );
    }
    return groupResource({ logGroupName, logGroupIdentifier }, ctx);
  },
  handle: async (input, ctx) => {
    const { logStreamNamePrefix: prefix = '', orderBy = 'LogStreamName', descending = false } = input;
    const byTime = orderBy === 'LastEventTime';
    if (byTime && prefix !== '') throw invalid('Cannot order by LastEventTime with a logStreamNamePrefix.');
    const place = placeOf(input, ctx);
    const group = await findGroup(place);
    const { records } = place;
    const page = await pageOf<Listed<StreamRow>>(
      input.nextToken,
      input.limit ?? defaultPage,
      ({ id, indexKey }) => (byTime ? `${indexKey}\n${id}` : id),
      invalidToken,
      (after, limit) => {
        if (!byTime) {
          const options = { prefix: streamKey(group.id, prefix), limit, reverse: descending };
          return records.list(streams, { ...options, ...(after === undefined ? {} : { after }) });
        }
        const [key = '', id = ''] = after?.split('\n', 2) ?? [];
        const options = { prefix: `${group.id}:`, limit, reverse: descending };
        return records.listIndex(streams, 'by-last-event', {
          ...options,
          ...(after === undefined ? {} : { after: { key, id } }),
        });
      },
    );
    const logStreams = page.entries.map(({ value }) => described(ctx, place.account, group.name, value));
    return { logStreams, nextToken: page.nextToken };
  },
};

type Described = NonNullable<Output<'DescribeLogStreams'>['logStreams']>[number];

function described(ctx: Context, account: string, group: string, stored: StreamRow): Described {
  const { name, created, seen } = withArrivals(ctx, stored);
  return {
    logStreamName: name,
    creationTime: created,
    ...(seen === undefined
      ? {}
      : {
          firstEventTimestamp: seen.first,
          lastEventTimestamp: seen.last,
          lastIngestionTime: seen.ingested,
          uploadSequenceToken: eventId(startOf(seen.ingested)),
        }),
    arn: streamArn(account, ctx.region, group, name),
    // AWS stopped counting by stream in 2019.
    storedBytes: 0,
  };
}
