import type { MemberModel, ShapeModel } from '../model/shape.ts';

/** Growing output buffer. */
type Sink = { bytes: Buffer; at: number };
type Write = (sink: Sink, value: unknown) => void;

const compiled = new WeakMap<ShapeModel, Write>();

/**
 * Value of the shape → CBOR (RFC 8949, definite lengths). Members that are undefined or null are left out.
 *
 * @example cborEncode(output, { Datapoints: [] })
 */
export function cborEncode(shape: ShapeModel, value: unknown): Uint8Array {
  const sink: Sink = { bytes: Buffer.allocUnsafe(1024), at: 0 };
  writerOf(shape)(sink, value);
  return new Uint8Array(sink.bytes.subarray(0, sink.at));
}

/** One map of `texts` and the given members of `value`; for error bodies. */
export function cborMembers(
  texts: readonly (readonly [string, string])[],
  members: readonly MemberModel[],
  value: Readonly<Record<string, unknown>>,
): Uint8Array {
  const sink: Sink = { bytes: Buffer.allocUnsafe(1024), at: 0 };
  const present = members.filter((m) => value[m.name] !== undefined && value[m.name] !== null);
  head(sink, 5, texts.length + present.length);
  for (const [name, content] of texts) {
    text(sink, name);
    text(sink, content);
  }
  for (const member of present) {
    text(sink, member.name);
    writerOf(member.shape)(sink, value[member.name]);
  }
  return new Uint8Array(sink.bytes.subarray(0, sink.at));
}

function writerOf(shape: ShapeModel): Write {
  const known = compiled.get(shape);
  if (known !== undefined) return known;
  let made: Write | undefined;
  compiled.set(shape, (sink, value) => (made as Write)(sink, value));
  made = compile(shape);
  compiled.set(shape, made);
  return made;
}

function compile(shape: ShapeModel): Write {
  switch (shape.kind) {
    case 'structure':
    case 'union':
      return structure(shape.members);
    case 'list': {
      const write = writerOf((shape.element as MemberModel).shape);
      return (sink, value) => {
        const items = (value as readonly unknown[]).filter((v) => v !== undefined && (v !== null || shape.sparse));
        head(sink, 4, items.length);
        for (const item of items) item === null ? put(sink, 0xf6) : write(sink, item);
      };
    }
    case 'map': {
      const write = writerOf((shape.value as MemberModel).shape);
      return (sink, value) => {
        const entries = Object.entries(value as object).filter(([, v]) => v !== undefined && v !== null);
        head(sink, 5, entries.length);
        for (const [key, item] of entries) {
          text(sink, key);
          write(sink, item);
        }
      };
    }
    case 'string':
      return (sink, value) => text(sink, value as string);
    case 'boolean':
      return (sink, value) => put(sink, value === true ? 0xf5 : 0xf4);
    case 'blob':
      return (sink, value) => bytes(sink, 2, value as Uint8Array);
    case 'timestamp':
      return (sink, value) => {
        put(sink, 0xc1);
        double(sink, (value as Date).getTime() / 1000);
      };
    case 'document':
      throw new Error('INVARIANT: CBOR services have no documents');
    default:
      return (sink, value) => number(sink, value as number);
  }
}

function structure(members: readonly MemberModel[]): Write {
  const writers = members.map((m) => [m.name, writerOf(m.shape)] as const);
  return (sink, value) => {
    const object = value as Readonly<Record<string, unknown>>;
    let count = 0;
    for (const [name] of writers) if (object[name] !== undefined && object[name] !== null) count += 1;
    head(sink, 5, count);
    for (const [name, write] of writers) {
      const member = object[name];
      if (member === undefined || member === null) continue;
      text(sink, name);
      write(sink, member);
    }
  };
}

function number(sink: Sink, value: number): void {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) double(sink, value);
  else if (value >= 0) head(sink, 0, value);
  else head(sink, 1, -1 - value);
}

function text(sink: Sink, value: string): void {
  bytes(sink, 3, Buffer.from(value, 'utf8'));
}

function bytes(sink: Sink, major: 2 | 3, value: Uint8Array): void {
  head(sink, major, value.length);
  reserve(sink, value.length);
  sink.bytes.set(value, sink.at);
  sink.at += value.length;
}

function head(sink: Sink, major: number, argument: number): void {
  reserve(sink, 9);
  const type = major << 5;
  const { bytes: b } = sink;
  if (argument < 24) sink.at = b.writeUInt8(type | argument, sink.at);
  else if (argument < 0x100) sink.at = b.writeUInt8(argument, b.writeUInt8(type | 24, sink.at));
  else if (argument < 0x10000) sink.at = b.writeUInt16BE(argument, b.writeUInt8(type | 25, sink.at));
  else if (argument < 0x1_0000_0000) sink.at = b.writeUInt32BE(argument, b.writeUInt8(type | 26, sink.at));
  else sink.at = b.writeBigUInt64BE(BigInt(argument), b.writeUInt8(type | 27, sink.at));
}

function double(sink: Sink, value: number): void {
  reserve(sink, 9);
  sink.at = sink.bytes.writeDoubleBE(value, sink.bytes.writeUInt8(0xfb, sink.at));
}

function put(sink: Sink, byte: number): void {
  reserve(sink, 1);
  sink.at = sink.bytes.writeUInt8(byte, sink.at);
}

function reserve(sink: Sink, length: number): void {
  if (sink.at + length <= sink.bytes.length) return;
  const grown = Buffer.allocUnsafe(Math.max(sink.bytes.length * 2, sink.at + length));
  sink.bytes.copy(grown, 0, 0, sink.at);
  sink.bytes = grown;
}
