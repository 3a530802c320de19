/*
 * The CRC of two pieces from those of each, by zlib's method: the first register runs on over as many zero bits as the second piece has.
 * BigInt, since a part is combined once and not byte by byte.
 */
const polynomials = {
  crc32: [0xedb88320n, 32],
  crc32c: [0x82f63b78n, 32],
  crc64nvme: [0x9a6c9329ac4bc9b5n, 64],
} as const;

export type CrcAlgorithm = keyof typeof polynomials;

export function isCrc(algorithm: string): algorithm is CrcAlgorithm {
  return algorithm in polynomials;
}

/** Big-endian bytes as S3 writes them. */
export function combineCrc(
  algorithm: CrcAlgorithm,
  parts: readonly { readonly crc: Uint8Array; readonly size: number }[],
): Buffer {
  const [polynomial, width] = polynomials[algorithm];
  let crc = 0n;
  for (const part of parts) crc = shifted(crc, BigInt(part.size) * 8n, polynomial, width) ^ numberOf(part.crc);
  const hex = crc.toString(16).padStart(width / 4, '0');
  return Buffer.from(hex, 'hex');
}

function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex') || '0'}`);
}

/** `crc · x^bits` modulo the (reflected) polynomial. */
function shifted(crc: bigint, bits: bigint, polynomial: bigint, width: number): bigint {
  const top = 1n << BigInt(width - 1);
  const times = (a: bigint, b: bigint): bigint => {
    let product = 0n;
    let factor = b;
    for (let bit = top; bit > 0n; bit >>= 1n) {
      if ((a & bit) !== 0n) product ^= factor;
      factor = (factor & 1n) === 0n ? factor >> 1n : (factor >> 1n) ^ polynomial;
    }
    return product;
  };
  let power = top >> 1n;
  let result = top;
  for (let left = bits; left > 0n; left >>= 1n) {
    if ((left & 1n) === 1n) result = times(power, result);
    power = times(power, power);
  }
  return times(result, crc);
}
