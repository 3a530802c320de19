import { describeError } from '../described-error.ts';
import { type EventFormat, eventStreamBody } from '../formats/event-stream.ts';
import { jsonReader, parseJson } from '../formats/json-read.ts';
import { jsonMembersWriter, jsonWriter } from '../formats/json-write.ts';
import type { MemberModel, OperationModel, ServiceModel, ShapeModel } from '../model/shape.ts';
import type { Protocol } from '../protocol.ts';
import { utf8Text, wholeBody } from '../request-body.ts';
import { errorHead, jsonErrorBody } from './json-error.ts';
import { refusing } from './refusing.ts';

type Codec = {
  readonly read: (bytes: Uint8Array) => Record<string, unknown>;
  readonly write: (output: unknown) => string;
  readonly contentType: string;
  /** Output member that is an event stream. */
  readonly stream: MemberModel | undefined;
};

const jsonEvents: EventFormat = {
  contentType: 'application/json',
  write: (shape, value) => jsonWriter(shape, 'member')(value),
};

const codecs = new WeakMap<OperationModel, Codec>();

/** awsJson 1.0 and 1.1: everything in a JSON body, the operation in `x-amz-target`. */
export const awsJson: Protocol = {
  name: 'aws-json',
  decode(op, request) {
    return refusing('SerializationException', () => codecOf(op).read(wholeBody(request, op.compressible)));
  },
  encode(op, output, requestId) {
    const codec = codecOf(op);
    if (codec.stream !== undefined) {
      const events = output[codec.stream.name] as AsyncIterable<Record<string, unknown>>;
      return {
        status: 200,
        headers: { 'x-amzn-RequestId': requestId, 'content-type': 'application/vnd.amazon.eventstream' },
        body: eventStreamBody(codec.stream, events, jsonEvents, codec.write(output)),
      };
    }
    return {
      status: 200,
      headers: { 'x-amzn-RequestId': requestId, 'content-type': codec.contentType },
      body: codec.write(output),
    };
  },
  encodeError(service, op, error, requestId, request) {
    const described = describeError(service, op, error, 'json');
    const sent = request.headers['content-type'];
    const version = service?.jsonVersion ?? (sent?.includes('json-1.0') ? '1.0' : '1.1');
    return {
      status: described.status,
      headers: { ...errorHead(service, described, requestId), 'content-type': `application/x-amz-json-${version}` },
      body: jsonErrorBody(described, 'member', typePrefix(service)),
    };
  },
};

function codecOf(op: OperationModel): Codec {
  const known = codecs.get(op);
  if (known !== undefined) return known;
  const { input, output } = op;
  const reader = input && jsonReader(input, 'member');
  const stream = output?.members.find((m) => m.shape.eventStream);
  const codec: Codec = {
    read: (bytes) => {
      // Clients may send nothing where the input is empty.
      if (bytes.length === 0) return reader === undefined ? {} : (reader({}, 0) as Record<string, unknown>);
      const value = parseJson(utf8Text(bytes));
      return reader === undefined ? {} : (reader(value, 0) as Record<string, unknown>);
    },
    // An operation without output answers an empty body, one with an empty output `{}`.
    write: output === undefined ? () => '' : jsonMembersWriter(beside(output, stream), 'member'),
    contentType: `application/x-amz-json-${op.service.jsonVersion ?? '1.1'}`,
    stream,
  };
  codecs.set(op, codec);
  return codec;
}

function beside(output: ShapeModel, stream: MemberModel | undefined): readonly MemberModel[] {
  return output.members.filter((m) => m !== stream);
}

/** JSON 1.0 services qualify the error type, 1.1 services don't. */
function typePrefix(service: ServiceModel | undefined): string {
  if (service?.jsonVersion !== '1.0') return '';
  return `com.amazonaws.${service.name.replaceAll('-', '')}#`;
}
