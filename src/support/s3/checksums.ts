import { createHash, hash } from 'node:crypto';
import type { Context } from '#runtime/context.ts';
import { checksumSizes, startChecksum } from '#wire/sigv4/checksum.ts';
import { invalidRequest, refused } from './errors.ts';
import type { Checksum, ChecksumName } from './records.ts';

export const checksumNames = [
  'crc32',
  'crc32c',
  'crc64nvme',
  'sha1',
  'sha256',
] as const satisfies readonly ChecksumName[];

/** Members of the API by algorithm. */
export const checksumMembers = {
  crc32: 'ChecksumCRC32',
  crc32c: 'ChecksumCRC32C',
  crc64nvme: 'ChecksumCRC64NVME',
  sha1: 'ChecksumSHA1',
  sha256: 'ChecksumSHA256',
} as const satisfies Readonly<Record<ChecksumName, string>>;

type ChecksumMember = (typeof checksumMembers)[ChecksumName];
export type ChecksumInput = { readonly [K in ChecksumMember]?: string | undefined };

export type ExpectedChecksum = { readonly algorithm: ChecksumName; readonly value: string | undefined };

/** An algorithm as requests write it: `CRC32C`. Undefined for those that are not served. */
export function checksumNamed(text: string): ChecksumName | undefined {
  return checksumNames.find((each) => each.toUpperCase() === text);
}

/**
 * The checksum that a request carries or announces.
 *
 * @param sdkAlgorithm `x-amz-sdk-checksum-algorithm`, which says nothing without a value
 * @throws ServiceError InvalidRequest
 */
export function expectedChecksum(
  ctx: Context,
  input: ChecksumInput,
  sdkAlgorithm: string | undefined,
): ExpectedChecksum | undefined {
  const given = checksumNames.flatMap((algorithm) => {
    const value = input[checksumMembers[algorithm]];
    return value === undefined ? [] : [{ algorithm, value }];
  });
  if (given.length > 1)
    throw invalidRequest('Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.');
  const [one] = given;
  if (one !== undefined) {
    checkForm(one.algorithm, one.value);
    return one;
  }
  // The value comes in the trailer, and is compared where the trailer is read.
  const trailer = ctx.http?.headers['x-amz-trailer']?.trim().toLowerCase().replace('x-amz-checksum-', '');
  const announced = checksumNames.find((each) => each === trailer);
  if (announced !== undefined) return { algorithm: announced, value: undefined };
  if (sdkAlgorithm !== undefined && ctx.http !== undefined) {
    const [known] = [checksumNamed(sdkAlgorithm.toUpperCase())];
    if (known === undefined)
      throw invalidRequest(
        'Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]',
      );
    throw invalidRequest(
      'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
    );
  }
  return undefined;
}

/** @throws ServiceError InvalidRequest for what is no such checksum in base64 */
export function checkForm(algorithm: ChecksumName, value: string): void {
  const bytes = Buffer.from(value, 'base64');
  if (bytes.length !== checksumSizes[algorithm] || bytes.toString('base64') !== value)
    throw invalidRequest(`Value for x-amz-checksum-${algorithm} header is invalid.`);
}

export function badChecksum(algorithm: ChecksumName) {
  return refused('BadDigest', `The ${algorithm.toUpperCase()} you specified did not match the calculated checksum.`);
}

/** Sums in the making. `md5` only where somebody asks for it. */
export type Sums = { update(piece: Uint8Array): void; end(): EndedSums };
export type EndedSums = {
  readonly md5: string | undefined;
  readonly checksum: string;
  readonly also: string | undefined;
};

export function startSums(algorithm: ChecksumName, wantsMd5: boolean, second: ChecksumName | undefined): Sums {
  const md5 = wantsMd5 ? createHash('md5') : undefined;
  const checksum = startChecksum(algorithm);
  const also = second === undefined ? undefined : startChecksum(second);
  return {
    update(piece) {
      md5?.update(piece);
      checksum.update(piece);
      also?.update(piece);
    },
    end: () => ({
      md5: md5?.digest('hex'),
      checksum: checksum.digest().toString('base64'),
      also: also?.digest().toString('base64'),
    }),
  };
}

/** Sums of a whole body: fewer calls than piece by piece. */
export function sumsOf(
  body: Uint8Array,
  algorithm: ChecksumName,
  wantsMd5: boolean,
  second: ChecksumName | undefined,
): EndedSums {
  return {
    md5: wantsMd5 ? hash('md5', body) : undefined,
    checksum: checksumOfWhole(body, algorithm),
    also: second === undefined ? undefined : checksumOfWhole(body, second),
  };
}

/** Base64 of the sum of a whole. */
export function checksumOfWhole(body: Uint8Array, algorithm: ChecksumName): string {
  if (algorithm === 'sha1' || algorithm === 'sha256') return hash(algorithm, body, 'base64');
  const checksum = startChecksum(algorithm);
  checksum.update(body);
  return checksum.digest().toString('base64');
}

/** What answers say of an object's checksum. */
export function shownChecksum(
  checksum: (Pick<Checksum, 'algorithm' | 'value'> & { readonly type?: Checksum['type'] }) | undefined,
) {
  if (checksum === undefined) return {};
  const { algorithm, value, type } = checksum;
  return { [checksumMembers[algorithm]]: value, ...(type === undefined ? {} : { ChecksumType: type }) };
}
