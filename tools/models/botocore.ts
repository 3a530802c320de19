import type { Pack, PackKind, PackMember, PackMeta, PackOperation, PackRef, PackShape } from '#wire/model/pack.ts';

type Json = Record<string, unknown>;

const kinds: Readonly<Record<string, PackKind>> = {
  structure: 'st',
  list: 'li',
  map: 'ma',
  string: 's',
  character: 's',
  boolean: 'b',
  integer: 'i',
  long: 'l',
  float: 'f',
  double: 'd',
  timestamp: 't',
  blob: 'bl',
};

/** One botocore `service-2` model → pack, without documentation. Member order is the model's. */
export function packOfBotocore(model: Json): Pack {
  return {
    meta: meta(model['metadata'] as Json),
    operations: mapValues(current(model['operations'] as Record<string, Json>), operation),
    shapes: mapValues(model['shapes'] as Record<string, Json>, shape),
  };
}

/** Without deprecated operations that share method and path with their successor (S3's GetBucketLifecycle). */
function current(operations: Readonly<Record<string, Json>>): Record<string, Json> {
  const place = (o: Json) => JSON.stringify([(o['http'] as Json)['method'], (o['http'] as Json)['requestUri']]);
  const live = new Set(
    Object.values(operations)
      .filter((o) => o['deprecated'] !== true)
      .map(place),
  );
  const kept = ([, o]: [string, Json]) =>
    o['deprecated'] !== true || place(o) === '["POST","/"]' || !live.has(place(o));
  return Object.fromEntries(Object.entries(operations).filter(kept));
}

function meta(m: Json): PackMeta {
  const endpointPrefix = String(m['endpointPrefix']);
  return clean({
    sdkId: String(m['serviceId']),
    endpointPrefix,
    signingName: String(m['signingName'] ?? endpointPrefix),
    apiVersion: String(m['apiVersion']),
    protocols: (m['protocols'] as string[] | undefined) ?? [String(m['protocol'])],
    targetPrefix: m['targetPrefix'],
    jsonVersion: m['jsonVersion'],
    xmlNamespace: m['xmlNamespace'],
    globalEndpoint: m['globalEndpoint'],
    queryCompatible: m['awsQueryCompatible'] === undefined ? undefined : 1,
  }) as PackMeta;
}

function operation(o: Json): PackOperation {
  const http = o['http'] as { method: string; requestUri: string; responseCode?: number };
  const input = o['input'] as { shape: string; locationName?: string; xmlNamespace?: { uri: string } } | undefined;
  const output = o['output'] as { shape: string; resultWrapper?: string } | undefined;
  const check = o['httpChecksum'] as { requestAlgorithmMember?: string; requestChecksumRequired?: boolean } | undefined;
  const required = check?.requestChecksumRequired === true || o['httpChecksumRequired'] === true;
  return clean({
    h: [http.method, http.requestUri],
    c: http.responseCode === 200 ? undefined : http.responseCode,
    i: input?.shape,
    o: output?.shape,
    e: (o['errors'] as { shape: string }[] | undefined)?.map((e) => e.shape),
    il: input?.locationName,
    ins: input?.xmlNamespace?.uri,
    w: output?.resultWrapper,
    host: (o['endpoint'] as { hostPrefix?: string } | undefined)?.hostPrefix,
    ck:
      check?.requestAlgorithmMember !== undefined || required
        ? [check?.requestAlgorithmMember ?? '', required ? 1 : 0]
        : undefined,
    unsigned: o['unsignedPayload'] === true || o['authtype'] === 'v4-unsigned-body' ? 1 : undefined,
    noauth:
      o['authtype'] === 'none' || (o['auth'] as string[] | undefined)?.[0] === 'smithy.api#noAuth' ? 1 : undefined,
    gz: o['requestcompression'] === undefined ? undefined : 1,
  }) as PackOperation;
}

function shape(s: Json): PackShape {
  const kind = s['document'] === true ? 'do' : s['union'] === true ? 'un' : kinds[String(s['type'])];
  if (kind === undefined) throw new Error(`unknown shape type \`${String(s['type'])}\``);
  const members = s['members'] as Record<string, Json> | undefined;
  const structure = kind === 'st' || kind === 'un';
  return clean({
    t: kind,
    m: structure ? mapValues(members ?? {}, member) : undefined,
    r: structure && (s['required'] as string[] | undefined)?.length ? s['required'] : undefined,
    e: kind === 'li' ? member(s['member'] as Json) : undefined,
    kv: kind === 'ma' ? [member(s['key'] as Json), member(s['value'] as Json)] : undefined,
    min: s['min'],
    max: s['max'],
    p: s['pattern'],
    en: s['enum'],
    sens: flag(s['sensitive']),
    str: flag(s['streaming']),
    es: flag(s['eventstream']),
    flat: flag(s['flattened']),
    tf: s['timestampFormat'],
    n: s['locationName'],
    ns: namespace(s['xmlNamespace']),
    pay: s['payload'],
    x: s['exception'] === true || s['error'] !== undefined || s['fault'] === true ? exception(s) : undefined,
  }) as PackShape;
}

function exception(s: Json): PackShape['x'] {
  const error = (s['error'] ?? {}) as { code?: string; httpStatusCode?: number };
  const status = error.httpStatusCode ?? 0;
  return [error.code ?? '', status, status, s['fault'] === true || status >= 500 ? 1 : 0];
}

function member(m: Json): PackRef {
  const traits: PackMember = clean({
    s: String(m['shape']),
    n: m['locationName'],
    q: m['queryName'],
    l: m['location'],
    flat: flag(m['flattened']),
    attr: flag(m['xmlAttribute']),
    ns: namespace(m['xmlNamespace']),
    tf: m['timestampFormat'],
    jv: flag(m['jsonvalue']),
    tok: flag(m['idempotencyToken']),
    host: flag(m['hostLabel']),
    ep: flag(m['eventpayload']),
    eh: flag(m['eventheader']),
    str: flag(m['streaming']),
  }) as PackMember;
  return Object.keys(traits).length === 1 ? traits.s : traits;
}

function namespace(ns: unknown): PackMember['ns'] | undefined {
  if (ns === undefined) return undefined;
  if (typeof ns === 'string') return ns;
  const { uri, prefix } = ns as { uri: string; prefix?: string };
  return prefix === undefined ? uri : [uri, prefix];
}

function flag(value: unknown): 1 | undefined {
  return value === true ? 1 : undefined;
}

function mapValues<A, B>(object: Readonly<Record<string, A>>, f: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(object).map(([k, v]) => [k, f(v)]));
}

/** Without undefined members. */
export function clean(object: Json): Json {
  return Object.fromEntries(Object.entries(object).filter(([, v]) => v !== undefined));
}
