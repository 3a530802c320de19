/**
 * The stored form of a model: one minified JSON file per service in `models/`, with short keys, written by
 * `tools/models/generate.ts`. Only the loader reads it; everything else sees `shape.ts`.
 */

/** One letter per kind. `n` is a number whose width the source does not tell (any finite double). */
export type PackKind =
  | 'st' // structure
  | 'un' // union
  | 'li' // list
  | 'ma' // map
  | 's' // string
  | 'b' // boolean
  | 'i' // integer, 32 bits
  | 'l' // long, 64 bits
  | 'f' // float
  | 'd' // double
  | 'n' // number of unknown width
  | 't' // timestamp
  | 'bl' // blob
  | 'do'; // document

/** Traits of a member, or of what a list or map holds. */
export type PackMember = {
  /** Shape name. */
  readonly s: string;
  /** locationName: name on the wire. */
  readonly n?: string;
  /** queryName (ec2). */
  readonly q?: string;
  /** Location: header, headers, uri, querystring, statusCode. */
  readonly l?: 'header' | 'headers' | 'uri' | 'querystring' | 'statusCode';
  readonly flat?: 1;
  readonly attr?: 1;
  /** XML namespace: uri, or [uri, prefix]. */
  readonly ns?: string | readonly [string, string];
  readonly tf?: 'iso8601' | 'unixTimestamp' | 'rfc822';
  readonly jv?: 1;
  readonly tok?: 1;
  readonly host?: 1;
  readonly ep?: 1;
  readonly eh?: 1;
  readonly str?: 1;
  readonly sens?: 1;
};

/** A member is its shape's name, or the name with traits. */
export type PackRef = string | PackMember;

export type PackShape = {
  readonly t: PackKind;
  /** Members in model order. */
  readonly m?: Readonly<Record<string, PackRef>>;
  /** Required members. */
  readonly r?: readonly string[];
  /** List member, or map [key, value]. */
  readonly e?: PackRef;
  readonly kv?: readonly [PackRef, PackRef];
  readonly min?: number;
  readonly max?: number;
  readonly p?: string;
  readonly en?: readonly string[];
  readonly sens?: 1;
  readonly str?: 1;
  readonly es?: 1;
  readonly flat?: 1;
  readonly sparse?: 1;
  readonly tf?: 'iso8601' | 'unixTimestamp' | 'rfc822';
  /** locationName of the shape: root element. */
  readonly n?: string;
  readonly ns?: string | readonly [string, string];
  /** Name of the payload member. */
  readonly pay?: string;
  /** Exception: [query code or '', HTTP status or 0, HTTP status under query or 0, 1 when the fault is the server's]. */
  readonly x?: readonly [string, number, number, 0 | 1];
};

export type PackOperation = {
  /** Method and URI template. */
  readonly h: readonly [string, string];
  readonly c?: number;
  readonly i?: string;
  readonly o?: string;
  readonly e?: readonly string[];
  /** Input's root element and namespace (REST-XML). */
  readonly il?: string;
  readonly ins?: string;
  /** Result element (query). */
  readonly w?: string;
  readonly host?: string;
  /** Checksum of the request body: member that names the algorithm, and whether one is required. */
  readonly ck?: readonly [string, 0 | 1];
  readonly unsigned?: 1;
  readonly noauth?: 1;
  readonly gz?: 1;
};

export type PackMeta = {
  readonly sdkId: string;
  readonly endpointPrefix: string;
  readonly signingName: string;
  readonly apiVersion: string;
  /** In the order of the model: json, query, ec2, rest-json, rest-xml, smithy-rpc-v2-cbor. */
  readonly protocols: readonly string[];
  readonly targetPrefix?: string;
  readonly jsonVersion?: string;
  readonly xmlNamespace?: string;
  readonly globalEndpoint?: string;
  readonly queryCompatible?: 1;
};

export type Pack = {
  readonly meta: PackMeta;
  readonly operations: Readonly<Record<string, PackOperation>>;
  readonly shapes: Readonly<Record<string, PackShape>>;
};

/** `models/index.json`: what routing needs without opening a pack. */
export type PackIndex = Readonly<Record<string, PackMeta>>;
