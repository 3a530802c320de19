import { findGroup, findStream, placeOf, streamResource } from './access.ts';
import type { Operation } from './api.ts';
import type { Direction } from './block-source.ts';
import { expiryOf } from './engine/batch.ts';
import { endBefore, endOfTime, eventId, type Position, positionIn, startOf } from './engine/position.ts';
import { invalid, invalidToken } from './errors.ts';
import { type Found, readEvents } from './reading.ts';

/** A page (API reference, "GetLogEvents"). */
export const maxPageEvents = 10_000;
export const maxPageBytes = 1_048_576;

export const GetLogEvents: Operation<'GetLogEvents'> = {
  resource: (input, ctx) => streamResource(input, input.logStreamName, ctx),
  handle: async (input, ctx) => {
    const place = placeOf(input, ctx);
    const group = await findGroup(place);
    const stream = await findStream(place.records, group, input.logStreamName);
    const { endTime, limit = maxPageEvents } = input;
    const startTime = Math.min(input.startTime ?? 0, endOfTime);
    if (endTime !== undefined && endTime < startTime) throw invalid('startTime must be less than or equal to endTime.');
    const token = readToken(input.nextToken);
    const direction = token?.direction ?? (input.startFromHead === true ? 'forward' : 'backward');
    const from = endBefore(Math.max(startTime, expiryOf(ctx.now, group.retentionDays)));
    const to = startOf(Math.min(endTime ?? endOfTime, endOfTime));
    const found: Found[] = [];
    let bytes = 0;
    await readEvents(ctx, place.records, {
      scope: { kind: 'streams', ids: [stream.id] },
      after: token?.direction === 'forward' ? later(token.position, from) : from,
      before: token?.direction === 'backward' ? earlier(token.position, to) : to,
      direction,
      most: limit,
      take: (line) => {
        bytes += Buffer.byteLength(line.message);
        if (found.length > 0 && bytes > maxPageBytes) return false;
        found.push(line);
        return found.length < limit;
      },
    });
    if (direction === 'backward') found.reverse();
    return {
      events: found.map(({ time, message, ingested }) => ({ timestamp: time, message, ingestionTime: ingested })),
      ...tokensOf(found, token, direction === 'forward' ? startTime : (endTime ?? ctx.now)),
    };
  },
};

type Token = { readonly direction: Direction; readonly position: Position };

/** @throws ServiceError InvalidParameterException */
function readToken(text: string | undefined): Token | undefined {
  if (text === undefined) return undefined;
  const [, kind, id = ''] = /^([fb])\/(\d{56})\/s$/.exec(text) ?? [];
  const position = positionIn(id);
  if (position === undefined) throw invalidToken();
  return { direction: kind === 'f' ? 'forward' : 'backward', position };
}

/** Tokens stand between events. At an end they stay as they were, so that a reader sees that there is nothing more. */
function tokensOf(found: readonly Found[], token: Token | undefined, start: number) {
  const [first, last] = [found[0], found.at(-1)];
  const rest = token?.position ?? startOf(Math.min(start, endOfTime));
  const [after, before] = [last ?? rest, first ?? rest];
  return {
    nextForwardToken: `f/${eventId(first === undefined && token?.direction === 'backward' ? justBefore(after) : after)}/s`,
    nextBackwardToken: `b/${eventId(first === undefined && token?.direction === 'forward' ? justAfter(before) : before)}/s`,
  };
}

/** Behind an event and before every other: the place in a call counts to fewer than ids have room for. */
function justAfter(position: Position): Position {
  return { ...position, index: position.index + 1 };
}

function justBefore({ time, call, index }: Position): Position {
  return index > 0 ? { time, call, index: index - 1 } : endBefore(time);
}

function later(a: Position, b: Position): Position {
  return eventId(a) > eventId(b) ? a : b;
}

function earlier(a: Position, b: Position): Position {
  return eventId(a) < eventId(b) ? a : b;
}
