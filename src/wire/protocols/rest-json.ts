import type { Readable } from 'node:stream';
import { describeError } from '../described-error.ts';
import { type EventFormat, eventStreamBody } from '../formats/event-stream.ts';
import { jsonReader, parseJson } from '../formats/json-read.ts';
import { jsonMembersWriter, jsonWriter } from '../formats/json-write.ts';
import type { WireRequest, WireResponse } from '../message.ts';
import type { MemberModel, OperationModel, ShapeModel } from '../model/shape.ts';
import type { Protocol } from '../protocol.ts';
import { utf8Text, wholeBody } from '../request-body.ts';
import { bodyMembers, readHttpInput } from './http-input.ts';
import { statusOf, writeHeaders } from './http-output.ts';
import { errorHead, jsonErrorBody } from './json-error.ts';
import { refusing } from './refusing.ts';

type Body = WireResponse['body'];
type Codec = {
  readonly read: (request: WireRequest, out: Record<string, unknown>) => void;
  readonly write: (output: Readonly<Record<string, unknown>>) => readonly [contentType: string, body: Body];
};

const codecs = new WeakMap<OperationModel, Codec>();
const jsonType = 'application/json';
const jsonEvents: EventFormat = {
  contentType: jsonType,
  write: (shape, value) => jsonWriter(shape, 'location')(value),
};

/** restJson1: path, query, headers and a JSON (or raw) body. */
export const restJson: Protocol = {
  name: 'rest-json',
  decode(op, request, labels) {
    return refusing('SerializationException', () => {
      const out = readHttpInput(op, request, labels);
      codecOf(op).read(request, out);
      return out;
    });
  },
  encode(op, output, requestId, request) {
    const headers: Record<string, string> = { 'x-amzn-RequestId': requestId };
    const [contentType, body] = codecOf(op).write(output);
    if (contentType !== '') headers['content-type'] = contentType;
    if (op.output !== undefined) writeHeaders(op.output, output, headers);
    return { status: statusOf(op.output, output, op.status), headers, body: request.method === 'HEAD' ? '' : body };
  },
  encodeError(service, op, error, requestId, request) {
    const described = describeError(service, op, error, 'rest');
    const headers: Record<string, string> = { ...errorHead(service, described, requestId), 'content-type': jsonType };
    if (described.shape !== undefined) writeHeaders(described.shape, described.members, headers);
    // After the members: some shapes bind one to this very header.
    headers['x-amzn-errortype'] = described.code;
    const body = request.method === 'HEAD' ? '' : jsonErrorBody(described, 'location', undefined);
    return { status: described.status, headers, body };
  },
};

function codecOf(op: OperationModel): Codec {
  const known = codecs.get(op);
  if (known !== undefined) return known;
  const codec: Codec = { read: readerOf(op), write: writerOf(op.output) };
  codecs.set(op, codec);
  return codec;
}

function readerOf(op: OperationModel): Codec['read'] {
  const { input } = op;
  if (input === undefined) return () => undefined;
  const { payload } = input;
  if (payload !== undefined) return payloadReader(op, payload);
  const members = bodyMembers(input);
  if (members.length === 0) return () => undefined;
  const read = jsonReader({ ...input, members }, 'location');
  return (request, out) => {
    const bytes = wholeBody(request, op.compressible);
    if (bytes.length > 0) Object.assign(out, read(parseJson(utf8Text(bytes)), 0));
  };
}

function payloadReader(op: OperationModel, payload: MemberModel): Codec['read'] {
  const { name, shape } = payload;
  if (op.streamingInput)
    return (request, out) => {
      out[name] = request.body as Readable | Uint8Array;
    };
  const parse = shape.kind === 'blob' || shape.kind === 'string' ? undefined : jsonReader(shape, 'location');
  return (request, out) => {
    const bytes = wholeBody(request, op.compressible);
    if (bytes.length === 0) return;
    if (parse !== undefined) out[name] = parse(parseJson(utf8Text(bytes)), 0);
    else out[name] = shape.kind === 'blob' ? new Uint8Array(bytes) : utf8Text(bytes);
  };
}

function writerOf(output: ShapeModel | undefined): Codec['write'] {
  if (output === undefined) return () => ['', ''];
  const { payload } = output;
  if (payload !== undefined) return payloadWriter(payload);
  const stream = output.members.find((m) => m.shape.eventStream);
  if (stream !== undefined) return eventWriter(stream);
  const write = jsonMembersWriter(bodyMembers(output), 'location');
  return (value) => [jsonType, write(value)];
}

function payloadWriter(payload: MemberModel): Codec['write'] {
  const { name, shape } = payload;
  if (shape.eventStream) return eventWriter(payload);
  if (shape.kind === 'blob') return (value) => ['application/octet-stream', (value[name] as Body | undefined) ?? ''];
  if (shape.kind === 'string') return (value) => ['text/plain', (value[name] as string | undefined) ?? ''];
  const write = jsonWriter(shape, 'location');
  return (value) => [jsonType, value[name] === undefined ? '' : write(value[name])];
}

function eventWriter(stream: MemberModel): Codec['write'] {
  return (value) => {
    const events = value[stream.name] as AsyncIterable<Record<string, unknown>>;
    return ['application/vnd.amazon.eventstream', eventStreamBody(stream, events, jsonEvents)];
  };
}
