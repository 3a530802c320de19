import { Malformed } from './formats/malformed.ts';
import { formParameter } from './formats/query-tree.ts';
import type { WireRequest } from './message.ts';
import { loadModel, serviceIndex } from './model/load.ts';
import type { OperationModel, ServiceMeta, ServiceModel } from './model/shape.ts';
import type { Protocol, RouteLabels } from './protocol.ts';
import { awsJson } from './protocols/aws-json.ts';
import { awsQuery } from './protocols/aws-query.ts';
import { ec2Query } from './protocols/ec2-query.ts';
import { restJson } from './protocols/rest-json.ts';
import { restXml } from './protocols/rest-xml.ts';
import { rpcV2Cbor } from './protocols/rpc-v2-cbor.ts';
import { browserRoute } from './routing/browser-route.ts';
import { type Origin, originOf } from './routing/origin.ts';
import { type RestMatch, restRoute } from './routing/rest-route.ts';
import { ServiceError } from './service-error.ts';

/** What a request asks for. `service` is the pack's name; `region` as the client signed it or as the host says. */
export type Route = {
  service: string;
  model: ServiceModel;
  protocol: Protocol;
  operation: OperationModel;
  labels: RouteLabels;
  region: string | undefined;
};

/** No operation: the error, and the protocol to say it in. */
export type FailedRoute = {
  error: ServiceError;
  service: string | undefined;
  model: ServiceModel | undefined;
  protocol: Protocol;
};

type Head = Omit<WireRequest, 'body'>;

/** `TrentService` → kms; also the last part of a dotted prefix, which is what some SDKs send for CloudTrail. */
const byTarget = new Map<string, string>();
const byVersion = new Map<string, string>();
for (const [name, meta] of serviceIndex) {
  if (meta.targetPrefix !== undefined) {
    byTarget.set(meta.targetPrefix, name);
    byTarget.set(meta.targetPrefix.slice(meta.targetPrefix.lastIndexOf('.') + 1), name);
  }
  if (queryProtocol(meta) !== undefined) byVersion.set(meta.apiVersion, name);
}

const none: RouteLabels = {};

/**
 * Decides service, operation and protocol: by `x-amz-target`; by `smithy-protocol` and path; by the query protocol's `Action`;
 * else by REST method and path of the service in the credential scope, then in the host name, then S3.
 *
 * @example const r = route(request); if ('error' in r) return r.protocol.encodeError(r.model, undefined, r.error, id, request);
 */
export function route(request: WireRequest): Route | FailedRoute {
  const target = request.headers['x-amz-target'];
  if (target !== undefined) return targetRoute(request, target);
  if (request.headers['smithy-protocol'] === 'rpc-v2-cbor') return cborRoute(request);
  const origin = originOf(request);
  if (origin.unknown !== undefined) return unknownService(request, origin.unknown);
  const meta = origin.service === undefined ? undefined : serviceIndex.get(origin.service);
  const parameters = meta !== undefined && isRest(meta) ? undefined : queryText(request);
  if (parameters !== undefined) return queryRoute(parameters, origin);
  if (meta !== undefined && !isRest(meta)) return noAction(meta);
  return restFallback(request, origin);
}

/** True when the body must not be buffered, since the operation's input is a stream; decided from headers and path alone. */
export function streams(request: Head): boolean {
  if (request.method !== 'PUT' && request.method !== 'POST') return false;
  if (request.headers['x-amz-target'] !== undefined || request.headers['smithy-protocol'] !== undefined) return false;
  const { service, unknown } = originOf(request);
  if (unknown !== undefined) return false;
  const meta = service === undefined ? undefined : serviceIndex.get(service);
  if (meta !== undefined ? !isRest(meta) : isForm(request)) return false;
  try {
    return restMatch(request, service)?.op.streamingInput === true;
  } catch {
    return false;
  }
}

/** Signed for a service without a model: never taken for another one. */
function unknownService(request: WireRequest, name: string): FailedRoute {
  const error = new ServiceError('UnknownOperationException', `there is no service \`${name.slice(0, 64)}\` here`, {
    status: 404,
  });
  const protocol = queryText(request) === undefined ? restJson : awsQuery;
  return { error, service: undefined, model: undefined, protocol };
}

function targetRoute(request: WireRequest, target: string): Route | FailedRoute {
  const dot = target.lastIndexOf('.');
  const service = byTarget.get(target.slice(0, dot));
  const model = service === undefined ? undefined : loadModel(service);
  const operation = model?.operation(target.slice(dot + 1));
  if (service === undefined || model === undefined || operation === undefined) {
    const error = new ServiceError('UnknownOperationException', 'The requested operation is not known.', {
      status: 400,
    });
    return { error, service, model, protocol: awsJson };
  }
  return { service, model, protocol: awsJson, operation, labels: none, region: originOf(request).region };
}

const cborPath = /^\/service\/([\w.]+)\/operation\/(\w+)$/;

function cborRoute(request: WireRequest): Route | FailedRoute {
  const match = cborPath.exec(request.path);
  const service = byTarget.get(match?.[1] ?? '');
  const model = service === undefined ? undefined : loadModel(service);
  const operation = model?.protocols.includes('smithy-rpc-v2-cbor') ? model.operation(match?.[2] ?? '') : undefined;
  if (service === undefined || model === undefined || operation === undefined) {
    const error = new ServiceError('UnknownOperationException', 'The requested operation is not known.', {
      status: 404,
    });
    return { error, service, model, protocol: rpcV2Cbor };
  }
  return { service, model, protocol: rpcV2Cbor, operation, labels: none, region: originOf(request).region };
}

function queryRoute(parameters: string, origin: Origin): Route | FailedRoute {
  const action = formParameter(parameters, 'Action') ?? '';
  const version = formParameter(parameters, 'Version') ?? '';
  const service = origin.service ?? byVersion.get(version);
  const model = service === undefined ? undefined : loadModel(service);
  const protocol = (model && queryProtocol(model)) ?? awsQuery;
  const operation = model !== undefined && queryProtocol(model) !== undefined ? model.operation(action) : undefined;
  if (service === undefined || model === undefined || operation === undefined) {
    const text =
      protocol === ec2Query
        ? `The action ${action} is not valid for this web service.`
        : `Could not find operation ${action} for version ${version || (model?.apiVersion ?? 'NO_VERSION_SPECIFIED')}`;
    return { error: new ServiceError('InvalidAction', text, { status: 400 }), service, model, protocol };
  }
  return { service, model, protocol, operation, labels: none, region: origin.region };
}

/** A request to a JSON or query service that names no operation. */
function noAction(meta: ServiceMeta): FailedRoute {
  const protocol = queryProtocol(meta) !== undefined && meta.targetPrefix === undefined ? awsQuery : awsJson;
  const error =
    protocol === awsQuery
      ? new ServiceError('MissingAction', 'The request is missing an action or a required parameter.', { status: 400 })
      : new ServiceError('UnknownOperationException', 'The request names no operation.', { status: 400 });
  const failed = meta.protocols[0] === 'ec2' ? ec2Query : protocol;
  return { error, service: meta.name, model: loadModel(meta.name), protocol: failed };
}

function restFallback(request: WireRequest, origin: Origin): Route | FailedRoute {
  const service = restService(request, origin.service);
  const model = loadModel(service);
  const protocol = model.protocols[0] === 'rest-json' ? restJson : restXml;
  try {
    const match = restRoute(model, request) ?? browserRoute(model, request);
    if (match !== undefined)
      return { service, model, protocol, operation: match.op, labels: match.labels, region: origin.region };
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    const code = protocol === restXml ? 'InvalidURI' : 'SerializationException';
    const text = protocol === restXml ? "Couldn't parse the specified URI." : error.message;
    return { error: new ServiceError(code, text, { status: 400 }), service, model, protocol };
  }
  const error =
    service === 's3'
      ? new ServiceError('MethodNotAllowed', 'The specified method is not allowed against this resource.', {
          status: 405,
        })
      : new ServiceError('UnknownOperationException', 'The requested operation is not known.', { status: 404 });
  return { error, service, model, protocol };
}

function restMatch(request: Head, service: string | undefined): RestMatch | undefined {
  const model = loadModel(restService(request, service));
  return restRoute(model, request) ?? browserRoute(model, request);
}

/** S3 Control shares S3's signing name: its calls carry the account (or Outpost) in a header, the API version in the path. */
function restService(request: Head, service: string | undefined): string {
  if (service !== undefined && service !== 's3') return service;
  if (!request.path.startsWith('/v20180820/')) return 's3';
  const { headers } = request;
  return (headers['x-amz-account-id'] ?? headers['x-amz-outpost-id']) === undefined ? 's3' : 's3control';
}

function isRest(meta: ServiceMeta): boolean {
  return meta.protocols[0] === 'rest-json' || meta.protocols[0] === 'rest-xml';
}

/** The query protocol that a service speaks, now or for clients from before its change to JSON. */
function queryProtocol(meta: ServiceMeta): Protocol | undefined {
  if (meta.protocols.includes('ec2')) return ec2Query;
  return meta.protocols.includes('query') || meta.queryCompatible ? awsQuery : undefined;
}

function isForm(request: Head): boolean {
  return (
    request.method === 'POST' &&
    request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true
  );
}

/** Form parameters with an `Action`, from the body or the URL. */
function queryText(request: WireRequest): string | undefined {
  if (formParameter(request.query, 'Action') !== undefined) return request.query;
  if (!isForm(request) || !(request.body instanceof Uint8Array)) return undefined;
  const text = Buffer.from(request.body.buffer, request.body.byteOffset, request.body.byteLength).toString('utf8');
  return formParameter(text, 'Action') === undefined ? undefined : text;
}
