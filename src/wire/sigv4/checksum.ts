import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { crc32c } from './crc32c.ts';
import { crc64nvme, EMPTY_CRC64 } from './crc64nvme.ts';

/** A checksum in the making. `digest` gives the bytes, most significant first, and ends it. */
export type Checksum = { update(piece: Uint8Array): void; digest(): Buffer };

const ALGORITHMS = ['crc32', 'crc32c', 'crc64nvme', 'sha1', 'sha256'] as const;

/** As in `x-amz-checksum-NAME`. */
export type ChecksumAlgorithm = (typeof ALGORITHMS)[number];

/** Bytes in the checksum. */
export const checksumSizes: Readonly<Record<ChecksumAlgorithm, number>> = {
  crc32: 4,
  crc32c: 4,
  crc64nvme: 8,
  sha1: 20,
  sha256: 32,
};

/** @example checksumHeader('x-amz-checksum-crc32c') // 'crc32c' */
export function checksumHeader(name: string): ChecksumAlgorithm | undefined {
  return ALGORITHMS.find((algorithm) => name === `x-amz-checksum-${algorithm}`);
}

function bytes(...words: readonly number[]): Buffer {
  const out = Buffer.alloc(words.length * 4);
  for (const [i, value] of words.entries()) out.writeUInt32BE(value, i * 4);
  return out;
}

function register(step: (piece: Uint8Array, previous: number) => number): Checksum {
  let value = 0;
  return {
    update(piece) {
      value = step(piece, value);
    },
    digest: () => bytes(value),
  };
}

function crc64(): Checksum {
  let value = EMPTY_CRC64;
  return {
    update(piece) {
      value = crc64nvme(piece, value);
    },
    digest: () => bytes(value.high, value.low),
  };
}

/** @example const sum = startChecksum('crc32c'); sum.update(piece); sum.digest().toString('base64') */
export function startChecksum(algorithm: ChecksumAlgorithm): Checksum {
  switch (algorithm) {
    case 'crc32':
      return register(crc32);
    case 'crc32c':
      return register(crc32c);
    case 'crc64nvme':
      return crc64();
    case 'sha1':
    case 'sha256':
      return createHash(algorithm);
  }
}
