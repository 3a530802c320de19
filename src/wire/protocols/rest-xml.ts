import type { Readable } from 'node:stream';
import { describeError } from '../described-error.ts';
import { type EventFormat, eventStreamBody } from '../formats/event-stream.ts';
import { formParameter } from '../formats/query-tree.ts';
import { parseXml } from '../formats/xml-parse.ts';
import { xmlMembersReader, xmlReader } from '../formats/xml-read.ts';
import { escapeXml, xmlContent, xmlElement, xmlMembers } from '../formats/xml-write.ts';
import type { WireRequest, WireResponse } from '../message.ts';
import type { MemberModel, OperationModel, ServiceModel } from '../model/shape.ts';
import type { Protocol } from '../protocol.ts';
import { utf8Text, wholeBody } from '../request-body.ts';
import type { ServiceError } from '../service-error.ts';
import { bodyMembers, readHttpInput } from './http-input.ts';
import { statusOf, writeHeaders } from './http-output.ts';
import { codeAndMessage, queryErrorElement } from './query-error.ts';
import { refusing } from './refusing.ts';
import { s3Namespace, s3Roots, urlEncodedKeys } from './s3-forms.ts';

type Body = WireResponse['body'];
type Codec = {
  readonly read: (request: WireRequest, out: Record<string, unknown>) => void;
  readonly write: (output: Readonly<Record<string, unknown>>) => readonly [contentType: string, body: Body];
};

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
const xmlType = 'application/xml';
const malformedXml = 'The XML you provided was not well-formed or did not validate against our published schema';
const codecs = new WeakMap<OperationModel, Codec>();
const xmlEvents: EventFormat = {
  contentType: 'text/xml',
  write: (shape, value) => `<${shape.name}>${xmlContent(shape, 'millis')(value)}</${shape.name}>`,
};

/** restXml: S3, S3 Control, CloudFront. */
export const restXml: Protocol = {
  name: 'rest-xml',
  decode(op, request, labels) {
    const out = refusing('InvalidArgument', () => readHttpInput(op, request, labels));
    refusing('MalformedXML', () => codecOf(op).read(request, out), malformedXml);
    return out;
  },
  encode(op, output, requestId, request) {
    const encoded = formParameter(request.query, 'encoding-type') === 'url' ? urlEncodedKeys(op.name, output) : output;
    const headers = head(op.service, requestId);
    const [contentType, body] = codecOf(op).write(encoded);
    if (contentType !== '') headers['content-type'] = contentType;
    if (op.output !== undefined) writeHeaders(op.output, output, headers);
    const status = isPartial(op, output) ? 206 : statusOf(op.output, output, op.status);
    return { status, headers, body: request.method === 'HEAD' ? '' : body };
  },
  encodeError(service, op, error, requestId, request) {
    const headers: Record<string, string> = { ...head(service, requestId), 'content-type': xmlType };
    const s3 = service === undefined || service.name === 's3';
    const described = describeError(service, op, error, s3 ? 's3' : 'query');
    if (described.shape !== undefined) writeHeaders(described.shape, described.members, headers);
    // Answers to HEAD, and 304, have no body.
    if (request.method === 'HEAD' || described.status === 304) {
      delete headers['content-type'];
      return { status: described.status, headers, body: '' };
    }
    const body = s3
      ? `<Error>${codeAndMessage(described)}${s3Members(error)}<RequestId>${escapeXml(requestId)}</RequestId><HostId>${hostId(requestId)}</HostId></Error>`
      : `<ErrorResponse xmlns="${namespaceOf(service)}">${queryErrorElement(described, 'millis')}<RequestId>${escapeXml(requestId)}</RequestId></ErrorResponse>`;
    return { status: described.status, headers, body: declaration + body };
  },
};

/** S3 answers a part of an object with a status that the model does not tell. */
function isPartial(op: OperationModel, output: Readonly<Record<string, unknown>>): boolean {
  return op.service.name === 's3' && /^(?:Get|Head)Object$/.test(op.name) && output['ContentRange'] !== undefined;
}

function head(service: ServiceModel | undefined, requestId: string): Record<string, string> {
  if (service !== undefined && service.name === 'cloudfront') return { 'x-amzn-RequestId': requestId };
  return { 'x-amz-request-id': requestId, 'x-amz-id-2': hostId(requestId) };
}

/** S3's second id names the front end that answered; ours repeats the first. */
function hostId(requestId: string): string {
  return Buffer.from(`ringwall/${requestId}`, 'utf8').toString('base64');
}

/** S3 errors carry members that no shape has: BucketName, Key, Resource, … */
function s3Members(error: ServiceError): string {
  return Object.entries(error.members)
    .filter(([name, value]) => /^[A-Za-z]\w{0,63}$/.test(name) && value !== undefined && value !== null)
    .map(([name, value]) => `<${name}>${escapeXml(String(value))}</${name}>`)
    .join('');
}

function codecOf(op: OperationModel): Codec {
  const known = codecs.get(op);
  if (known !== undefined) return known;
  const codec: Codec = { read: readerOf(op), write: writerOf(op) };
  codecs.set(op, codec);
  return codec;
}

function readerOf(op: OperationModel): Codec['read'] {
  const { input } = op;
  if (input === undefined) return () => undefined;
  if (input.payload !== undefined) return payloadReader(op, input.payload);
  const members = bodyMembers(input);
  if (members.length === 0) return () => undefined;
  const read = xmlMembersReader(input, members);
  return (request, out) => {
    const bytes = wholeBody(request, op.compressible);
    if (bytes.length > 0) Object.assign(out, read(parseXml(utf8Text(bytes))));
  };
}

function payloadReader(op: OperationModel, payload: MemberModel): Codec['read'] {
  const { name, shape } = payload;
  if (op.streamingInput)
    return (request, out) => {
      out[name] = request.body as Readable | Uint8Array;
    };
  const read = shape.kind === 'blob' || shape.kind === 'string' ? undefined : xmlReader(shape);
  return (request, out) => {
    const bytes = wholeBody(request, op.compressible);
    if (bytes.length === 0) {
      // An empty policy is a policy that is wrong, and no request without one.
      if (shape.kind === 'string') out[name] = '';
      return;
    }
    if (read !== undefined) out[name] = read(parseXml(utf8Text(bytes)));
    else out[name] = shape.kind === 'blob' ? new Uint8Array(bytes) : utf8Text(bytes);
  };
}

function writerOf(op: OperationModel): Codec['write'] {
  const { output } = op;
  if (output === undefined) return () => ['', ''];
  if (op.name === 'GetBucketLocation' && op.service.name === 's3') return bucketLocation;
  const stream = output.members.find((m) => m.shape.eventStream);
  if (stream !== undefined)
    return (value) => {
      const events = value[stream.name] as AsyncIterable<Record<string, unknown>>;
      return ['application/vnd.amazon.eventstream', eventStreamBody(stream, events, xmlEvents)];
    };
  if (output.payload !== undefined) return payloadWriter(output.payload, op);
  const members = bodyMembers(output);
  if (members.length === 0) return () => ['', ''];
  const content = xmlMembers(members, 'millis');
  const root = (op.service.name === 's3' ? s3Roots[op.name] : undefined) ?? output.locationName ?? output.name;
  const open = `${declaration}<${root} xmlns="${namespaceOf(op.service)}">`;
  return (value) => [xmlType, `${open}${content(value)}</${root}>`];
}

function payloadWriter(payload: MemberModel, op: OperationModel): Codec['write'] {
  const { name, shape } = payload;
  if (shape.kind === 'blob') return (value) => ['binary/octet-stream', (value[name] as Body | undefined) ?? ''];
  if (shape.kind === 'string') return (value) => ['application/json', (value[name] as string | undefined) ?? ''];
  const root = payload.locationName ?? shape.locationName ?? shape.name;
  const namespace = payload.namespace ?? { uri: namespaceOf(op.service), prefix: undefined };
  const write = xmlElement({ ...payload, namespace }, root, 'millis');
  return (value) => [xmlType, value[name] === undefined ? '' : declaration + write(value[name])];
}

/** The one S3 answer whose root is text; us-east-1 is empty. */
function bucketLocation(value: Readonly<Record<string, unknown>>): readonly [string, string] {
  const text = escapeXml(String(value['LocationConstraint'] ?? ''));
  return [xmlType, `${declaration}<LocationConstraint xmlns="${s3Namespace}">${text}</LocationConstraint>`];
}

function namespaceOf(service: ServiceModel): string {
  if (service.name === 's3') return s3Namespace;
  if (service.name === 's3control') return `http://awss3control.amazonaws.com/doc/${service.apiVersion}/`;
  return service.xmlNamespace ?? `http://${service.endpointPrefix}.amazonaws.com/doc/${service.apiVersion}/`;
}
