/** Arithmetic of GF(256) with x⁸+x⁴+x³+x²+1, the field of QR codes (ISO/IEC 18004 §7.5.2). */
const exp = new Uint8Array(512);
const log = new Uint8Array(256);
let power = 1;
for (let index = 0; index < 255; index += 1) {
  exp[index] = power;
  exp[index + 255] = power;
  log[power] = index;
  power = power << 1;
  if (power > 255) power ^= 0x11d;
}

function times(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : (exp[(log[a] ?? 0) + (log[b] ?? 0)] ?? 0);
}

/** Coefficients of (x−1)(x−α)…(x−αⁿ⁻¹), without the leading one. */
function generator(degree: number): Uint8Array {
  let coefficients = Uint8Array.of(1);
  for (let root = 0; root < degree; root += 1) {
    const next = new Uint8Array(coefficients.length + 1);
    coefficients.forEach((coefficient, index) => {
      next[index] = (next[index] ?? 0) ^ coefficient;
      next[index + 1] = (next[index + 1] ?? 0) ^ times(coefficient, exp[root] ?? 0);
    });
    coefficients = next;
  }
  return coefficients.subarray(1);
}

/**
 * Error correction codewords of a block: the remainder of the data, as a polynomial, by the generator.
 *
 * @param count how many
 */
export function correctionOf(data: Uint8Array, count: number): Uint8Array {
  const divisor = generator(count);
  const remainder = new Uint8Array(count);
  for (const byte of data) {
    const factor = byte ^ (remainder[0] ?? 0);
    remainder.copyWithin(0, 1);
    remainder[count - 1] = 0;
    divisor.forEach((coefficient, index) => {
      remainder[index] = (remainder[index] ?? 0) ^ times(coefficient, factor);
    });
  }
  return remainder;
}
