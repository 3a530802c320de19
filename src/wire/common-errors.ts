/**
 * Errors that belong to no model: each protocol family has its own code for the same thing. A ServiceError may carry any code
 * of a row; the encoder writes the one of the client's protocol.
 *
 * Source: "Common Errors" of the API references of KMS (JSON), IAM (query), EC2 and S3.
 */
export type CommonError = {
  readonly json: string;
  readonly query: string;
  readonly ec2: string;
  readonly s3: string;
  readonly status: number;
};

/** One row: codes and status; a family without its own code has the query one. */
function row(status: number, json: string, query: string, ec2 = query, s3 = query): CommonError {
  return { json, query, ec2, s3, status };
}

const rows: readonly CommonError[] = [
  row(403, 'AccessDeniedException', 'AccessDenied', 'UnauthorizedOperation'),
  row(403, 'ExpiredTokenException', 'ExpiredToken', 'RequestExpired'),
  row(400, 'IncompleteSignatureException', 'IncompleteSignature'),
  row(500, 'InternalFailure', 'InternalFailure', 'InternalError', 'InternalError'),
  row(403, 'InvalidSignatureException', 'SignatureDoesNotMatch', 'AuthFailure'),
  row(400, 'MissingRequiredParameterException', 'MissingParameter'),
  row(403, 'MissingAuthenticationTokenException', 'MissingAuthenticationToken', 'AuthFailure', 'AccessDenied'),
  row(403, 'OptInRequired', 'OptInRequired'),
  row(403, 'RequestExpired', 'RequestExpired'),
  row(413, 'RequestEntityTooLarge', 'RequestEntityTooLarge', 'RequestEntityTooLarge', 'EntityTooLarge'),
  row(400, 'SerializationException', 'MalformedInput', 'InvalidParameterValue', 'MalformedXML'),
  row(503, 'ServiceUnavailableException', 'ServiceUnavailable', 'Unavailable'),
  row(400, 'ThrottlingException', 'Throttling', 'RequestLimitExceeded', 'SlowDown'),
  row(400, 'UnknownOperationException', 'InvalidAction', 'InvalidAction', 'MethodNotAllowed'),
  row(403, 'UnrecognizedClientException', 'InvalidClientTokenId', 'AuthFailure', 'InvalidAccessKeyId'),
  row(400, 'UnsupportedOperation', 'UnsupportedOperation', 'UnsupportedOperation', 'NotImplemented'),
  row(400, 'ValidationException', 'ValidationError', 'InvalidParameterValue', 'InvalidArgument'),
];

const byCode = new Map<string, CommonError>();
for (const r of rows) {
  byCode.set(r.json, r);
  if (!byCode.has(r.query)) byCode.set(r.query, r);
}
byCode.set('ServiceUnavailable', byCode.get('ServiceUnavailableException') as CommonError);

/** The row of a code in its JSON or query spelling. */
export function commonError(code: string): CommonError | undefined {
  return byCode.get(code);
}
