import type { WireRequest, WireResponse } from './message.ts';
import type { OperationModel, ServiceModel } from './model/shape.ts';
import type { ServiceError } from './service-error.ts';

export type ProtocolName = 'aws-json' | 'aws-query' | 'ec2-query' | 'rest-json' | 'rest-xml' | 'rpc-v2-cbor';

/** Values of the labels of the URI template, percent-decoded. For S3 also `Bucket`, wherever the client put it. */
export type RouteLabels = Readonly<Record<string, string>>;

/** One AWS protocol: how inputs, outputs and errors stand in HTTP messages. Stateless. */
export interface Protocol {
  readonly name: ProtocolName;
  /**
   * Request → input, in the shapes of the AWS SDK for JavaScript v3: Date, Uint8Array, plain objects. The body must be whole
   * unless the input streams; then the payload member is the `Readable` itself.
   *
   * @throws ServiceError SerializationException, MalformedInput, MalformedXML, … by protocol
   */
  decode(op: OperationModel, request: WireRequest, labels: RouteLabels): Record<string, unknown>;
  /** Output → response. Members absent or undefined are left out. */
  encode(op: OperationModel, output: Record<string, unknown>, requestId: string, request: WireRequest): WireResponse;
  /**
   * Error → response; `op` undefined when none was found. Finds the wire code, the status, the `x-amzn-query-error` header,
   * Sender or Receiver, and writes the further members of the error's shape.
   */
  encodeError(
    service: ServiceModel | undefined,
    op: OperationModel | undefined,
    error: ServiceError,
    requestId: string,
    request: WireRequest,
  ): WireResponse;
}
