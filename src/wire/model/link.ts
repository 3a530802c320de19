import type { Pack, PackMember, PackMeta, PackOperation, PackRef, PackShape } from './pack.ts';
import type {
  MemberModel,
  ModelProtocol,
  Namespace,
  OperationModel,
  ServiceMeta,
  ServiceModel,
  ShapeKind,
  ShapeModel,
} from './shape.ts';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

const kinds: Readonly<Record<PackShape['t'], ShapeKind>> = {
  st: 'structure',
  un: 'union',
  li: 'list',
  ma: 'map',
  s: 'string',
  b: 'boolean',
  i: 'integer',
  l: 'long',
  f: 'float',
  d: 'double',
  n: 'number',
  t: 'timestamp',
  bl: 'blob',
  do: 'document',
};

/** Pack → linked model. Shapes are linked on first use, so that opening a big service costs what is used of it. */
export function linkModel(name: string, pack: Pack): ServiceModel {
  const shapes = new Map<string, ShapeModel>();
  const operations = new Map<string, OperationModel>();
  let exceptions: ReadonlyMap<string, string> | undefined;

  const shapeOf = (shapeName: string): ShapeModel => {
    const linked = shapes.get(shapeName);
    if (linked !== undefined) return linked;
    const raw = pack.shapes[shapeName];
    if (raw === undefined) throw new Error(`INVARIANT: no shape \`${shapeName}\` in ${name}`);
    const shape = emptyShape(shapeName, raw);
    shapes.set(shapeName, shape); // before its members: shapes may be recursive
    if (raw.m !== undefined) {
      const required = new Set(raw.r);
      shape.members = Object.entries(raw.m).map(([key, ref]) => memberOf(key, ref, required.has(key)));
      shape.payload = shape.members.find((m) => m.name === raw.pay);
    }
    if (raw.e !== undefined) shape.element = memberOf('member', raw.e, false);
    if (raw.kv !== undefined) {
      shape.key = memberOf('key', raw.kv[0], true);
      shape.value = memberOf('value', raw.kv[1], false);
    }
    return shape;
  };

  const memberOf = (memberName: string, ref: PackRef, required: boolean): MemberModel => {
    const m: PackMember = typeof ref === 'string' ? { s: ref } : ref;
    const shape = shapeOf(m.s);
    return {
      name: memberName,
      shape,
      required,
      locationName: m.n,
      queryName: m.q,
      location: m.l,
      flattened: m.flat === 1 || shape.flattened,
      xmlAttribute: m.attr === 1,
      namespace: namespaceOf(m.ns) ?? shape.namespace,
      timestampFormat: m.tf ?? shape.timestampFormat,
      jsonValue: m.jv === 1,
      idempotencyToken: m.tok === 1,
      hostLabel: m.host === 1,
      eventPayload: m.ep === 1,
      eventHeader: m.eh === 1,
      streaming: m.str === 1 || shape.streaming,
      sensitive: m.sens === 1 || shape.sensitive,
    };
  };

  const operationOf = (operationName: string, raw: PackOperation): OperationModel => {
    const input = raw.i === undefined ? undefined : shapeOf(raw.i);
    return {
      name: operationName,
      service,
      method: raw.h[0],
      uri: raw.h[1],
      status: raw.c ?? 200,
      input,
      output: raw.o === undefined ? undefined : shapeOf(raw.o),
      errors: (raw.e ?? []).map(shapeOf),
      inputElement: raw.il,
      inputNamespace: raw.ins,
      resultWrapper: raw.w,
      hostPrefix: raw.host,
      checksum: raw.ck === undefined ? undefined : { algorithmMember: raw.ck[0], required: raw.ck[1] === 1 },
      unsignedPayload: raw.unsigned === 1,
      noAuth: raw.noauth === 1,
      compressible: raw.gz === 1,
      streamingInput: input?.payload?.streaming === true && input.payload.shape.kind === 'blob',
    };
  };

  const operation = (operationName: string): OperationModel | undefined => {
    const linked = operations.get(operationName);
    if (linked !== undefined) return linked;
    if (!Object.hasOwn(pack.operations, operationName)) return undefined;
    const made = operationOf(operationName, pack.operations[operationName] as PackOperation);
    operations.set(operationName, made);
    return made;
  };

  const service: ServiceModel = {
    ...metaOf(name, pack.meta),
    get operations() {
      for (const key of Object.keys(pack.operations)) operation(key);
      return operations;
    },
    operation,
    shape: (shapeName) => (Object.hasOwn(pack.shapes, shapeName) ? shapeOf(shapeName) : undefined),
    exception: (code) => {
      exceptions ??= exceptionNames(pack);
      const shapeName = exceptions.get(code);
      return shapeName === undefined ? undefined : shapeOf(shapeName);
    },
  };
  return service;
}

/** Shape name and query code → shape name. A shape's own name wins over another's query code. */
function exceptionNames(pack: Pack): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const exceptions = Object.entries(pack.shapes).filter(([, shape]) => shape.x !== undefined);
  for (const [name, shape] of exceptions) if (shape.x?.[0]) names.set(shape.x[0], name);
  for (const [name] of exceptions) names.set(name, name);
  return names;
}

/** The index entry or pack head of a service. */
export function metaOf(name: string, meta: PackMeta): ServiceMeta {
  return {
    name,
    sdkId: meta.sdkId,
    endpointPrefix: meta.endpointPrefix,
    signingName: meta.signingName,
    apiVersion: meta.apiVersion,
    protocols: meta.protocols as readonly ModelProtocol[],
    targetPrefix: meta.targetPrefix,
    jsonVersion: meta.jsonVersion,
    xmlNamespace: meta.xmlNamespace,
    globalEndpoint: meta.globalEndpoint,
    queryCompatible: meta.queryCompatible === 1,
  };
}

function emptyShape(name: string, raw: PackShape): Writable<ShapeModel> {
  return {
    name,
    kind: kinds[raw.t],
    members: [],
    element: undefined,
    key: undefined,
    value: undefined,
    min: raw.min,
    max: raw.max,
    pattern: raw.p,
    enum: raw.en,
    sensitive: raw.sens === 1,
    streaming: raw.str === 1,
    eventStream: raw.es === 1,
    flattened: raw.flat === 1,
    sparse: raw.sparse === 1,
    timestampFormat: raw.tf,
    locationName: raw.n,
    namespace: namespaceOf(raw.ns),
    payload: undefined,
    error: raw.x && { queryCode: raw.x[0], status: raw.x[1], queryStatus: raw.x[2], server: raw.x[3] === 1 },
  };
}

function namespaceOf(ns: PackMember['ns']): Namespace | undefined {
  if (ns === undefined) return undefined;
  return typeof ns === 'string' ? { uri: ns, prefix: undefined } : { uri: ns[0], prefix: ns[1] };
}
