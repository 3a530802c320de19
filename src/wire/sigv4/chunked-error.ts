import { ServiceError } from '#wire/service-error.ts';
import { authenticationError } from './authentication-error.ts';
import type { ChecksumAlgorithm } from './checksum.ts';

/** The refusals of an aws-chunked body. Only S3 takes such bodies, so there is one wording. */
export const chunkedError = {
  badChecksum: (algorithm: ChecksumAlgorithm): ServiceError =>
    new ServiceError(
      'BadDigest',
      `The ${algorithm.toUpperCase()} you specified did not match the calculated checksum.`,
      {
        status: 400,
      },
    ),
  chunkTooSmall: (number: number, size: number): ServiceError =>
    new ServiceError('InvalidChunkSizeError', 'Only the last chunk is allowed to have a size less than 8192 bytes', {
      status: 403,
      members: { Chunk: number, BadChunkSize: size },
    }),
  invalidChecksum: (name: string): ServiceError =>
    new ServiceError('InvalidRequest', `Value for ${name} trailing header is invalid.`, { status: 400 }),
  malformedTrailer: (): ServiceError =>
    new ServiceError(
      'MalformedTrailerError',
      'The request contained trailing data that was not well-formed or did not conform to our published schema.',
      { status: 400 },
    ),
  missingLength: (): ServiceError =>
    new ServiceError('MissingContentLength', 'You must provide the Content-Length HTTP header.', { status: 411 }),
  /** The cuts or the lengths are wrong: the body is not what its headers announced. */
  incompleteBody: (): ServiceError =>
    new ServiceError('IncompleteBody', 'The request body terminated unexpectedly', { status: 400 }),
  signatureMismatch: (): ServiceError => authenticationError('signatureMismatch', 's3'),
  unsupportedTrailer: (): ServiceError =>
    new ServiceError('InvalidRequest', 'The value specified in the x-amz-trailer header is not supported', {
      status: 400,
    }),
} as const;
