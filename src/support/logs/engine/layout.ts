import { comparePositions, type Position } from './position.ts';

/**
 * Events of one block, in the order of their positions, as bytes:
 *
 *   count                  u32
 *   for each event         u32 time after the first, u32 end of its message, u16 call, u16 place in the call   (by columns)
 *   messages               UTF-8, one behind the other
 *
 * All numbers are little-endian. Columns compress well, and one message is found without reading the others.
 */

/** A call whose events are in a block. */
export type Batch = { readonly call: string; readonly ingested: number };

export type Line = Position & { readonly ingested: number; readonly message: string };

export type Packed = {
  readonly bytes: Uint8Array;
  readonly batches: readonly Batch[];
  readonly first: number;
  readonly last: number;
  readonly count: number;
  /** UTF-8 bytes of the messages. */
  readonly size: number;
};

const columnBytes = 12;

/** Packs lines, which are in order of their positions. */
export function pack(lines: readonly Line[]): Packed {
  const batches: Batch[] = [];
  const numbers = new Map<string, number>();
  const count = lines.length;
  const first = lines[0]?.time ?? 0;
  let size = 0;
  for (const { message } of lines) size += Buffer.byteLength(message);
  const bytes = Buffer.allocUnsafe(4 + columnBytes * count + size);
  const { times, ends, calls, indexes, text } = columnsOf(count);
  bytes.writeUInt32LE(count, 0);
  let end = 0;
  for (let at = 0; at < count; at += 1) {
    const { time, call, index, ingested, message } = lines[at] as Line;
    let number = numbers.get(call);
    if (number === undefined) {
      number = batches.length;
      numbers.set(call, number);
      batches.push({ call, ingested });
    }
    end += bytes.write(message, text + end);
    bytes.writeUInt32LE(time - first, times + 4 * at);
    bytes.writeUInt32LE(end, ends + 4 * at);
    bytes.writeUInt16LE(number, calls + 2 * at);
    bytes.writeUInt16LE(index, indexes + 2 * at);
  }
  return { bytes, batches, first, last: lines[count - 1]?.time ?? 0, count, size };
}

function columnsOf(count: number) {
  const times = 4;
  const ends = times + 4 * count;
  const calls = ends + 4 * count;
  const indexes = calls + 2 * count;
  return { times, ends, calls, indexes, text: indexes + 2 * count };
}

/** A packed block, read where it is asked. */
export class Lines {
  readonly count: number;
  readonly #bytes: Buffer;
  readonly #batches: readonly Batch[];
  readonly #first: number;
  readonly #columns: ReturnType<typeof columnsOf>;

  constructor(bytes: Uint8Array, batches: readonly Batch[], first: number) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#batches = batches;
    this.#first = first;
    this.count = this.#bytes.readUInt32LE(0);
    this.#columns = columnsOf(this.count);
  }

  time(at: number): number {
    return this.#first + this.#bytes.readUInt32LE(this.#columns.times + 4 * at);
  }

  /** UTF-8 bytes of a message. */
  size(at: number): number {
    return this.#end(at) - this.#start(at);
  }

  message(at: number): string {
    const { text } = this.#columns;
    return this.#bytes.toString('utf8', text + this.#start(at), text + this.#end(at));
  }

  line(at: number): Line {
    const { calls, indexes } = this.#columns;
    const batch = this.#batches[this.#bytes.readUInt16LE(calls + 2 * at)];
    return {
      time: this.time(at),
      call: batch?.call ?? '',
      index: this.#bytes.readUInt16LE(indexes + 2 * at),
      ingested: batch?.ingested ?? 0,
      message: this.message(at),
    };
  }

  /** The first line at or after `from` in which `needle` occurs, or `count`. */
  findFrom(from: number, needle: Uint8Array): number {
    const { text } = this.#columns;
    let start = text + (from < this.count ? this.#start(from) : 0);
    if (from >= this.count) return this.count;
    for (;;) {
      const found = this.#bytes.indexOf(needle, start);
      if (found === -1) return this.count;
      const at = this.#lineAt(found - text);
      if (found - text + needle.length <= this.#end(at)) return at;
      start = text + this.#end(at) > found ? found + 1 : text + this.#end(at);
    }
  }

  /** The first line of this time or later, or `count`. */
  atTime(time: number): number {
    return this.#search((at) => this.time(at) < time);
  }

  #lineAt(offset: number): number {
    return this.#search((at) => this.#end(at) <= offset);
  }

  /** How many lines at the beginning `is` holds for. */
  #search(is: (at: number) => boolean): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (is(middle)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #start(at: number): number {
    return at === 0 ? 0 : this.#end(at - 1);
  }

  #end(at: number): number {
    return this.#bytes.readUInt32LE(this.#columns.ends + 4 * at);
  }
}

/** Lines of several blocks in order. Blocks that overlap are rare, so this mostly finds them sorted. */
export function inOrder<L extends Position>(lines: readonly L[]): readonly L[] {
  for (let at = 1; at < lines.length; at += 1) {
    if (comparePositions(lines[at - 1] as L, lines[at] as L) > 0) return lines.toSorted(comparePositions);
  }
  return lines;
}
