import type { WireRequest } from '../message.ts';
import type { MemberModel, OperationModel, ServiceModel, ShapeModel } from '../model/shape.ts';
import type { RestMatch } from './rest-route.ts';
import { s3Address } from './s3-address.ts';

/*
 * What browsers ask of S3, which the API's model lacks: preflights of cross-origin requests, and uploads by HTML forms (S3 API reference,
 * "OPTIONS object" and "POST Object").
 */

const made = new WeakMap<ServiceModel, Readonly<Record<'PostObject' | 'PreflightObject', OperationModel>>>();

/** The operation of a request that the model does not know; undefined when browsers don't make such either. */
export function browserRoute(service: ServiceModel, request: Omit<WireRequest, 'body'>): RestMatch | undefined {
  if (service.name !== 's3' || (request.method !== 'OPTIONS' && request.method !== 'POST')) return undefined;
  const { bucket, key } = s3Address(request.headers['host'] ?? '', request.path);
  if (bucket === undefined || (request.method === 'POST' && (key !== undefined || request.query !== '')))
    return undefined;
  const { PostObject, PreflightObject } = operationsOf(service);
  const labels = { Bucket: bucket, ...(key === undefined ? {} : { Key: decoded(key) }) };
  return { op: request.method === 'POST' ? PostObject : PreflightObject, labels };
}

function operationsOf(service: ServiceModel): Readonly<Record<'PostObject' | 'PreflightObject', OperationModel>> {
  const known = made.get(service);
  if (known !== undefined) return known;
  const put = service.operation('PutObject');
  const input = put?.input;
  if (put === undefined || input === undefined) throw new Error('INVARIANT: the model of S3 has PutObject');
  const taking = (names: readonly string[]): ShapeModel => ({
    ...input,
    members: input.members.filter(({ name }) => names.includes(name)).map((member) => ({ ...member, required: false })),
    payload: names.includes('Body') ? input.payload : undefined,
  });
  const operations = {
    PostObject: {
      ...put,
      name: 'PostObject',
      method: 'POST',
      uri: '/{Bucket}',
      input: taking(['Bucket', 'ContentType', 'ContentLength', 'Body']),
      output: formAnswer(input),
    },
    PreflightObject: {
      ...put,
      name: 'PreflightObject',
      method: 'OPTIONS',
      uri: '/{Bucket}/{Key+}',
      input: taking(['Bucket', 'Key']),
      output: undefined,
      streamingInput: false,
    },
  };
  made.set(service, operations);
  return operations;
}

/** A status and a text, since the form decides on both. */
function formAnswer(input: ShapeModel): ShapeModel {
  const sample = input.members.find(({ name }) => name === 'Bucket') as MemberModel;
  const text: MemberModel = { ...sample, required: false, location: undefined, locationName: undefined };
  const body: MemberModel = { ...text, name: 'Body' };
  const status: MemberModel = {
    ...text,
    name: 'StatusCode',
    location: 'statusCode',
    shape: { ...text.shape, kind: 'integer' },
  };
  return { ...input, name: 'PostObjectOutput', members: [status, body], payload: body };
}

function decoded(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}
