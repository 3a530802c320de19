/** The fixed parts of a QR code, and where the data goes (ISO/IEC 18004 §6.3). */
export type Canvas = {
  readonly size: number;
  /** [row][column], true is dark. */
  readonly dark: boolean[][];
  /** Modules that carry no data. */
  readonly fixed: boolean[][];
};

export function newCanvas(version: number): Canvas {
  const size = 17 + 4 * version;
  const grid = () => Array.from({ length: size }, () => new Array<boolean>(size).fill(false));
  const canvas: Canvas = { size, dark: grid(), fixed: grid() };
  drawTiming(canvas);
  for (const [row, column] of [
    [3, 3],
    [3, size - 4],
    [size - 4, 3],
  ] as const) {
    drawRings(canvas, row, column, 4);
  }
  drawAlignment(canvas, version);
  // Room for the format and version information, and the one module that is always dark.
  drawFormat(canvas, 0);
  drawVersion(canvas, version);
  put(canvas, size - 8, 8, true);
  return canvas;
}

/** Error correction level M and the mask, in both places (§7.9). */
export function drawFormat(canvas: Canvas, mask: number): void {
  const { size } = canvas;
  // Level M is 00, so the five data bits are the mask.
  const bits = withRemainder(mask, 0b101_0011_0111, 10) ^ 0b101_0100_0001_0010;
  for (let index = 0; index < 15; index += 1) {
    const bit = ((bits >> index) & 1) === 1;
    // Around the upper left finder pattern, past the timing pattern …
    if (index < 8) put(canvas, index < 6 ? index : index + 1, 8, bit);
    else put(canvas, 8, index === 8 ? 7 : 14 - index, bit);
    // … and along the other two.
    if (index < 8) put(canvas, 8, size - 1 - index, bit);
    else put(canvas, size - 15 + index, 8, bit);
  }
}

/** From version 7 on the version stands beside two of the finder patterns (§7.10). */
function drawVersion(canvas: Canvas, version: number): void {
  if (version < 7) return;
  const bits = withRemainder(version, 0b1_1111_0010_0101, 12);
  for (let index = 0; index < 18; index += 1) {
    const bit = ((bits >> index) & 1) === 1;
    const near = Math.floor(index / 3);
    const far = canvas.size - 11 + (index % 3);
    put(canvas, near, far, bit);
    put(canvas, far, near, bit);
  }
}

/** A BCH code word: the value, and behind it the remainder of its division. */
function withRemainder(value: number, divisor: number, degree: number): number {
  let rest = value << degree;
  for (let bit = 31 - Math.clz32(rest || 1); bit >= degree; bit -= 1) {
    if (((rest >> bit) & 1) === 1) rest ^= divisor << (bit - degree);
  }
  return (value << degree) | rest;
}

function drawTiming(canvas: Canvas): void {
  for (let index = 0; index < canvas.size; index += 1) {
    put(canvas, 6, index, index % 2 === 0);
    put(canvas, index, 6, index % 2 === 0);
  }
}

/** Concentric squares around a centre: finder patterns with their margin (radius 4), alignment patterns (radius 2). */
function drawRings(canvas: Canvas, row: number, column: number, radius: number): void {
  const light = radius === 4 ? [2, 4] : [1];
  for (let dy = -radius; dy <= radius; dy += 1) {
    for (let dx = -radius; dx <= radius; dx += 1) {
      put(canvas, row + dy, column + dx, !light.includes(Math.max(Math.abs(dy), Math.abs(dx))));
    }
  }
}

function drawAlignment(canvas: Canvas, version: number): void {
  if (version === 1) return;
  const count = Math.floor(version / 7) + 2;
  const last = canvas.size - 7;
  // Evenly spaced from the far end, the first at 6 (Annex E).
  const step = 2 * Math.ceil((last - 6) / (2 * (count - 1)));
  const at = Array.from({ length: count }, (_, index) => (index === 0 ? 6 : last - (count - 1 - index) * step));
  for (const row of at) {
    for (const column of at) {
      const corner = (row === 6 && column === 6) || (row === 6 && column === last) || (row === last && column === 6);
      if (!corner) drawRings(canvas, row, column, 2);
    }
  }
}

function put({ size, dark, fixed }: Canvas, row: number, column: number, value: boolean): void {
  const darkRow = dark[row];
  const fixedRow = fixed[row];
  if (darkRow === undefined || fixedRow === undefined || column < 0 || column >= size) return;
  darkRow[column] = value;
  fixedRow[column] = true;
}
