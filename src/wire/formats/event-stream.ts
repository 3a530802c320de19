import { crc32 } from 'node:zlib';
import type { MemberModel, ShapeModel } from '../model/shape.ts';
import { ServiceError } from '../service-error.ts';

/** How a protocol writes the payload of an event. */
export type EventFormat = {
  readonly contentType: string;
  readonly write: (shape: ShapeModel, value: unknown) => string | Uint8Array;
};

/**
 * Events → frames of `application/vnd.amazon.eventstream`. Each event is an object with one member of the stream's union. A
 * ServiceError thrown by the source ends the stream as an error frame.
 *
 * Source: Smithy, Amazon Event Stream specification.
 *
 * @param initial first frame (`initial-response`) with the members beside the stream, which RPC protocols send
 */
export async function* eventStreamBody(
  stream: MemberModel,
  events: AsyncIterable<Record<string, unknown>>,
  format: EventFormat,
  initial?: string | Uint8Array,
): AsyncGenerator<Uint8Array> {
  if (initial !== undefined) yield eventFrame(eventHeaders('event', 'initial-response', format.contentType), initial);
  try {
    for await (const event of events) {
      const member = stream.shape.members.find((m) => event[m.name] !== undefined);
      if (member !== undefined) yield frameOf(member, event[member.name], format);
    }
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    yield eventFrame(
      [
        [':message-type', 'error'],
        [':error-code', error.code],
        [':error-message', error.message],
      ],
      '',
    );
  }
}

function frameOf(member: MemberModel, value: unknown, format: EventFormat): Uint8Array {
  const shape = member.shape;
  const object = value as Readonly<Record<string, unknown>>;
  const kind = shape.error === undefined ? 'event' : 'exception';
  const headers = shape.members
    .filter((m) => m.eventHeader && object[m.name] !== undefined)
    .map((m): [string, string] => [m.locationName ?? m.name, String(object[m.name])]);
  const payload = shape.members.find((m) => m.eventPayload);
  const [contentType, body] = payload === undefined ? whole(shape, object, format) : part(payload, object, format);
  return eventFrame([...eventHeaders(kind, member.name, contentType), ...headers], body);
}

function whole(shape: ShapeModel, value: unknown, format: EventFormat): [string | undefined, string | Uint8Array] {
  const empty = shape.members.every((m) => m.eventHeader);
  return empty ? [undefined, ''] : [format.contentType, format.write(shape, value)];
}

function part(
  payload: MemberModel,
  object: Readonly<Record<string, unknown>>,
  format: EventFormat,
): [string, string | Uint8Array] {
  const value = object[payload.name];
  if (payload.shape.kind === 'blob') return ['application/octet-stream', (value as Uint8Array | undefined) ?? ''];
  if (payload.shape.kind === 'string') return ['text/plain', (value as string | undefined) ?? ''];
  return [format.contentType, format.write(payload.shape, value ?? {})];
}

function eventHeaders(kind: 'event' | 'exception', type: string, contentType: string | undefined): [string, string][] {
  const headers: [string, string][] = [
    [':message-type', kind],
    [`:${kind}-type`, type],
  ];
  if (contentType !== undefined) headers.push([':content-type', contentType]);
  return headers;
}

/** One frame: prelude (lengths, CRC-32), string headers, payload, CRC-32 of all before. */
export function eventFrame(headers: readonly (readonly [string, string])[], payload: string | Uint8Array): Uint8Array {
  const body = typeof payload === 'string' ? Buffer.from(payload, 'utf8') : payload;
  const head = Buffer.concat(headers.map(([name, value]) => stringHeader(name, value)));
  const frame = Buffer.alloc(12 + head.length + body.length + 4);
  frame.writeUInt32BE(frame.length, 0);
  frame.writeUInt32BE(head.length, 4);
  frame.writeUInt32BE(crc32(frame.subarray(0, 8)), 8);
  head.copy(frame, 12);
  frame.set(body, 12 + head.length);
  frame.writeUInt32BE(crc32(frame.subarray(0, -4)), frame.length - 4);
  return frame;
}

/** Header type 7: string, length in 16 bits. */
function stringHeader(name: string, value: string): Buffer {
  const [n, v] = [Buffer.from(name, 'utf8'), Buffer.from(value, 'utf8').subarray(0, 0xffff)];
  const out = Buffer.alloc(1 + n.length + 3 + v.length);
  out.writeUInt8(n.length, 0);
  n.copy(out, 1);
  out.writeUInt8(7, 1 + n.length);
  out.writeUInt16BE(v.length, 2 + n.length);
  v.copy(out, 4 + n.length);
  return out;
}
