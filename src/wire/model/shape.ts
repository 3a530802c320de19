/** A service's API as the rest of the product sees it: linked, immutable objects made from a pack. */

export type ShapeKind =
  | 'structure'
  | 'union'
  | 'list'
  | 'map'
  | 'string'
  | 'boolean'
  | 'integer'
  | 'long'
  | 'float'
  | 'double'
  | 'number'
  | 'timestamp'
  | 'blob'
  | 'document';

export type TimestampFormat = 'iso8601' | 'unixTimestamp' | 'rfc822';
export type Namespace = { readonly uri: string; readonly prefix: string | undefined };
export type MemberLocation = 'header' | 'headers' | 'uri' | 'querystring' | 'statusCode';

/** What the model says about an exception shape. A status of 0 means: not said. */
export type ErrorTrait = {
  /** Code on the query wire; '' when it is the shape's name. */
  readonly queryCode: string;
  readonly status: number;
  readonly queryStatus: number;
  /** True: the server's fault (Receiver, 5xx). */
  readonly server: boolean;
};

export type ShapeModel = {
  readonly name: string;
  readonly kind: ShapeKind;
  /** Of a structure or union, in model order. */
  readonly members: readonly MemberModel[];
  /** Element of a list. */
  readonly element: MemberModel | undefined;
  readonly key: MemberModel | undefined;
  readonly value: MemberModel | undefined;
  /** Length of strings, blobs, lists and maps; value of numbers. */
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly pattern: string | undefined;
  readonly enum: readonly string[] | undefined;
  readonly sensitive: boolean;
  readonly streaming: boolean;
  readonly eventStream: boolean;
  readonly flattened: boolean;
  /** Null elements mean something (and are kept). */
  readonly sparse: boolean;
  readonly timestampFormat: TimestampFormat | undefined;
  readonly locationName: string | undefined;
  readonly namespace: Namespace | undefined;
  /** The member that is the HTTP body. */
  readonly payload: MemberModel | undefined;
  readonly error: ErrorTrait | undefined;
};

export type MemberModel = {
  readonly name: string;
  readonly shape: ShapeModel;
  readonly required: boolean;
  /** Name on the wire where the model gives one. */
  readonly locationName: string | undefined;
  readonly queryName: string | undefined;
  readonly location: MemberLocation | undefined;
  readonly flattened: boolean;
  readonly xmlAttribute: boolean;
  readonly namespace: Namespace | undefined;
  readonly timestampFormat: TimestampFormat | undefined;
  readonly jsonValue: boolean;
  readonly idempotencyToken: boolean;
  readonly hostLabel: boolean;
  readonly eventPayload: boolean;
  readonly eventHeader: boolean;
  readonly streaming: boolean;
  readonly sensitive: boolean;
};

export type OperationModel = {
  readonly name: string;
  readonly service: ServiceModel;
  readonly method: string;
  /** URI template, for example `/{Bucket}/{Key+}?acl`. */
  readonly uri: string;
  readonly status: number;
  readonly input: ShapeModel | undefined;
  readonly output: ShapeModel | undefined;
  readonly errors: readonly ShapeModel[];
  /** Root element of the input and its namespace (REST-XML). */
  readonly inputElement: string | undefined;
  readonly inputNamespace: string | undefined;
  readonly resultWrapper: string | undefined;
  /** For example `{AccountId}.`. */
  readonly hostPrefix: string | undefined;
  /** Request checksum: the member that names the algorithm ('' when none), and whether a checksum must be sent. */
  readonly checksum: { readonly algorithmMember: string; readonly required: boolean } | undefined;
  readonly unsignedPayload: boolean;
  /** The operation is called without a signature (AssumeRoleWithSAML, …). */
  readonly noAuth: boolean;
  readonly compressible: boolean;
  /** The input's body is a stream and must not be buffered. */
  readonly streamingInput: boolean;
};

export type ModelProtocol = 'json' | 'query' | 'ec2' | 'rest-json' | 'rest-xml' | 'smithy-rpc-v2-cbor';

export type ServiceMeta = {
  /** Name in the product: the pack's file name, for example `kms`, `events`, `elbv2`. */
  readonly name: string;
  readonly sdkId: string;
  readonly endpointPrefix: string;
  readonly signingName: string;
  readonly apiVersion: string;
  readonly protocols: readonly ModelProtocol[];
  readonly targetPrefix: string | undefined;
  readonly jsonVersion: string | undefined;
  readonly xmlNamespace: string | undefined;
  readonly globalEndpoint: string | undefined;
  /** JSON or CBOR now, query before: errors carry their old code in `x-amzn-query-error`. */
  readonly queryCompatible: boolean;
};

export type ServiceModel = ServiceMeta & {
  readonly operations: ReadonlyMap<string, OperationModel>;
  operation(name: string): OperationModel | undefined;
  /** Any shape by name. */
  shape(name: string): ShapeModel | undefined;
  /** An exception shape, by its name or by its code on the query wire. */
  exception(code: string): ShapeModel | undefined;
};
