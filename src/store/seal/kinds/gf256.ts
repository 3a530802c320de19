/** Arithmetic in GF(2^8) with the polynomial x^8+x^4+x^3+x+1 (FIPS 197 §4.2). No tables: lookups would leak by timing. */

export function add(a: number, b: number): number {
  return a ^ b;
}

export function multiply(a: number, b: number): number {
  let product = 0;
  let factor = a;
  for (let bit = 0; bit < 8; bit++) {
    product ^= factor & -((b >> bit) & 1);
    factor = (factor << 1) ^ (0x11b & -(factor >> 7));
  }
  return product;
}

/** @param b not 0 */
export function divide(a: number, b: number): number {
  // b^254 is the inverse: the multiplicative group has 255 elements
  let inverse = 1;
  for (let step = 0; step < 254; step++) inverse = multiply(inverse, b);
  return multiply(a, inverse);
}
