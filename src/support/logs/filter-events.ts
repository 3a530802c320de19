import type { Records } from '#runtime/records.ts';
import { findGroup, findStream, groupResource, placeOf } from './access.ts';
import type { Input, Operation } from './api.ts';
import type { Scope } from './block-source.ts';
import { expiryOf } from './engine/batch.ts';
import { compilePattern, type Pattern } from './engine/pattern/pattern.ts';
import { endBefore, endOfTime, eventId, type Position, positionIn, startOf } from './engine/position.ts';
import { invalid, invalidToken } from './errors.ts';
import { maxPageBytes, maxPageEvents } from './get-events.ts';
import { type Found, readEvents } from './reading.ts';
import { type GroupRow, streamKey, streams } from './records.ts';

/** A call looks for so long, ms; then it answers what it has, and a token. AWS does so, too. */
const budget = 8_000;

/** With fewer streams of a prefix each is read by itself; with more the whole group is. */
const fewStreams = 20;

export const FilterLogEvents: Operation<'FilterLogEvents'> = {
  resource: (input, ctx) => groupResource(input, ctx),
  handle: async (input, ctx) => {
    const place = placeOf(input, ctx);
    const group = await findGroup(place);
    const { endTime, limit = maxPageEvents } = input;
    const startTime = Math.min(input.startTime ?? 0, endOfTime);
    if (endTime !== undefined && endTime < startTime) throw invalid('startTime must be less than or equal to endTime.');
    const pattern = patternOf(input.filterPattern);
    const token = readToken(input.nextToken);
    const { scope, streams: named } = await scopeOf(input, place.records, group);
    const from = endBefore(Math.max(startTime, expiryOf(ctx.now, group.retentionDays)));
    const found: Found[] = [];
    let bytes = 0;
    let more: Position | undefined;
    const stopped = await readEvents(ctx, place.records, {
      scope,
      after: token === undefined || eventId(token) < eventId(from) ? from : token,
      // The end of the range is part of it here, unlike in GetLogEvents.
      before: startOf(Math.min(endTime ?? endOfTime, endOfTime - 1) + 1),
      direction: 'forward',
      budget,
      most: limit + 1,
      ...(pattern === undefined ? {} : { pattern }),
      ...(named === undefined ? {} : { streams: named }),
      take: (line) => {
        bytes += Buffer.byteLength(line.message);
        // One beyond the page: there is a next one.
        if (found.length === limit || (found.length > 0 && bytes > maxPageBytes)) {
          more = found.at(-1);
          return false;
        }
        found.push(line);
        return true;
      },
    });
    if (stopped !== undefined) more = endBefore(stopped);
    return {
      events: found.map((line) => ({
        logStreamName: line.streamName,
        timestamp: line.time,
        message: line.message,
        ingestionTime: line.ingested,
        eventId: eventId(line),
      })),
      // AWS says no more what it searched.
      searchedLogStreams: [],
      ...(more === undefined ? {} : { nextToken: tokenOf(more) }),
    };
  },
};

/** @throws ServiceError InvalidParameterException. @returns undefined for a pattern that takes everything */
export function patternOf(text: string | undefined): Pattern | undefined {
  if (text === undefined) return undefined;
  const compiled = compilePattern(text);
  if ('refused' in compiled) throw invalid(compiled.refused);
  return compiled.pattern.kind === 'everything' ? undefined : compiled.pattern;
}

function tokenOf(position: Position): string {
  return Buffer.from(`filter:${eventId(position)}`).toString('base64url');
}

function readToken(text: string | undefined): Position | undefined {
  if (text === undefined) return undefined;
  const [, id = ''] = /^filter:(\d{56})$/.exec(Buffer.from(text, 'base64url').toString()) ?? [];
  const position = positionIn(id);
  if (position === undefined) throw invalidToken();
  return position;
}

type Chosen = { readonly scope: Scope; readonly streams?: (name: string) => boolean };

async function scopeOf(
  { logStreamNames: names, logStreamNamePrefix: prefix }: Input<'FilterLogEvents'>,
  records: Records,
  group: GroupRow,
): Promise<Chosen> {
  if (names !== undefined && prefix !== undefined)
    throw invalid('Cannot specify both logStreamNames and logStreamNamePrefix.');
  if (names !== undefined) {
    const rows = await Promise.all([...new Set(names)].map((name) => findStream(records, group, name)));
    return { scope: { kind: 'streams', ids: rows.map(({ id }) => id) } };
  }
  const whole: Scope = { kind: 'group', id: group.id };
  if (prefix === undefined) return { scope: whole };
  const rows = await records.list(streams, { prefix: streamKey(group.id, prefix), limit: fewStreams });
  if (rows.length < fewStreams) return { scope: { kind: 'streams', ids: rows.map(({ value }) => value.id) } };
  return { scope: whole, streams: (name) => name.startsWith(prefix) };
}
