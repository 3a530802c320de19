import { type Canvas, drawFormat, newCanvas } from './canvas.ts';
import { penaltyOf } from './penalty.ts';
import { correctionOf } from './reed-solomon.ts';

/** Error correction codewords per block and number of blocks at level M, for versions 1 to 25 (ISO/IEC 18004, table 9). */
const levelM: readonly (readonly [correction: number, blocks: number])[] = [
  [10, 1],
  [16, 1],
  [26, 1],
  [18, 2],
  [24, 2],
  [16, 4],
  [18, 4],
  [22, 4],
  [22, 5],
  [26, 5],
  [30, 5],
  [22, 8],
  [22, 9],
  [24, 9],
  [24, 10],
  [28, 10],
  [28, 11],
  [26, 13],
  [26, 14],
  [26, 16],
  [26, 17],
  [28, 17],
  [28, 18],
  [28, 20],
  [28, 21],
];

/** The eight masks (table 10): true where the module is turned over. */
const masks: readonly ((row: number, column: number) => boolean)[] = [
  (y, x) => (y + x) % 2 === 0,
  (y) => y % 2 === 0,
  (_y, x) => x % 3 === 0,
  (y, x) => (y + x) % 3 === 0,
  (y, x) => ((y >> 1) + Math.floor(x / 3)) % 2 === 0,
  (y, x) => ((y * x) % 2) + ((y * x) % 3) === 0,
  (y, x) => (((y * x) % 2) + ((y * x) % 3)) % 2 === 0,
  (y, x) => (((y + x) % 2) + ((y * x) % 3)) % 2 === 0,
];

/**
 * A QR code in byte mode, error correction level M.
 *
 * @param text at most 997 bytes of UTF-8
 * @returns rows of modules without the quiet zone, true is dark; undefined when the text does not fit
 */
export function qrCode(text: string): readonly (readonly boolean[])[] | undefined {
  const bytes = Buffer.from(text);
  for (let version = 1; version <= levelM.length; version += 1) {
    const [correction, blocks] = levelM[version - 1] ?? [0, 1];
    const canvas = newCanvas(version);
    const total = Math.floor(freeModules(canvas) / 8);
    const capacity = total - correction * blocks;
    const lengthBits = version < 10 ? 8 : 16;
    if (4 + lengthBits + 8 * bytes.length > 8 * capacity) continue;
    const data = dataCodewords(bytes, lengthBits, capacity);
    place(canvas, interleave(data, total, correction, blocks));
    return bestMasked(canvas);
  }
  return undefined;
}

/** Mode, length, text, terminator, and the two padding bytes in turn (§7.4). */
function dataCodewords(bytes: Uint8Array, lengthBits: number, capacity: number): Uint8Array {
  let bits = `0100${bytes.length.toString(2).padStart(lengthBits, '0')}`;
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0');
  bits += '0'.repeat(Math.min(4, 8 * capacity - bits.length));
  bits += '0'.repeat((8 - (bits.length % 8)) % 8);
  const data = new Uint8Array(capacity);
  const filled = bits.length / 8;
  for (let index = 0; index < capacity; index += 1) {
    const padding = (index - filled) % 2 === 0 ? 0xec : 0x11;
    data[index] = index < filled ? Number.parseInt(bits.slice(8 * index, 8 * index + 8), 2) : padding;
  }
  return data;
}

/** Splits the data into blocks, the last ones longer by one, and takes their codewords in turn (§7.6). */
function interleave(data: Uint8Array, total: number, correction: number, blocks: number): Uint8Array {
  const short = Math.floor(data.length / blocks);
  const longBlocks = data.length % blocks;
  const parts: Uint8Array[] = [];
  for (let block = 0, at = 0; block < blocks; block += 1) {
    const length = short + (block >= blocks - longBlocks ? 1 : 0);
    parts.push(data.subarray(at, at + length));
    at += length;
  }
  const words: number[] = [];
  const take = (columns: readonly Uint8Array[], length: number) => {
    for (let index = 0; index < length; index += 1) {
      for (const column of columns) {
        const word = column[index];
        if (word !== undefined) words.push(word);
      }
    }
  };
  take(parts, short + 1);
  take(
    parts.map((part) => correctionOf(part, correction)),
    correction,
  );
  return Uint8Array.from(words).subarray(0, total);
}

/** Bits go up and down in columns two modules wide, from the lower right; column 6 is the timing pattern's (§7.7.3). */
function place({ size, dark, fixed }: Canvas, words: Uint8Array): void {
  let bit = 0;
  let upwards = true;
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right = 5;
    for (let step = 0; step < size; step += 1) {
      const row = upwards ? size - 1 - step : step;
      for (const column of [right, right - 1]) {
        const darkRow = dark[row];
        if (darkRow === undefined || fixed[row]?.[column] === true) continue;
        darkRow[column] = bit < 8 * words.length && (((words[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1) === 1;
        bit += 1;
      }
    }
    upwards = !upwards;
  }
}

function bestMasked(canvas: Canvas): readonly (readonly boolean[])[] {
  const candidates = masks.map((isTurned, mask) => {
    const dark = canvas.dark.map((row, y) =>
      row.map((module, x) => module !== (canvas.fixed[y]?.[x] !== true && isTurned(y, x))),
    );
    drawFormat({ ...canvas, dark }, mask);
    return { dark, penalty: penaltyOf(dark) };
  });
  return candidates.reduce((best, next) => (next.penalty < best.penalty ? next : best)).dark;
}

function freeModules({ fixed }: Canvas): number {
  return fixed.reduce((sum, row) => sum + row.filter((taken) => !taken).length, 0);
}
