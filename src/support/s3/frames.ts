import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';

/*
 * How objects lie at rest: frames of 64 KiB, each AES-256-GCM with its number and whether it is the last as the nonce, under a key that
 * serves one blob only. A frame that is altered, moved, left out or cut off is refused; a range needs only the frames that it touches.
 */
export const frameBytes = 65_536;
const tagBytes = 16;

/** The key of one blob, from the data key of its object or upload. */
export function blobKey(dataKey: Uint8Array, blob: string): Buffer {
  return createHmac('sha256', dataKey).update(blob).digest();
}

/** Bytes that an object of `size` takes. */
export function sealedSize(size: number): number {
  return size + Math.max(1, Math.ceil(size / frameBytes)) * tagBytes;
}

/** One frame, its content and its tag; `plaintext` at most 64 KiB, less only where `last`. */
export function sealFrame(key: Uint8Array, index: number, last: boolean, plaintext: Uint8Array): readonly Buffer[] {
  const cipher = createCipheriv('aes-256-gcm', key, nonceOf(index, last));
  const sealed = cipher.update(plaintext);
  cipher.final();
  return [sealed, cipher.getAuthTag()];
}

/** A whole object: its frames, one after the other. */
export function sealWhole(key: Uint8Array, plaintext: Uint8Array): Buffer {
  const frames: Buffer[] = [];
  for (let at = 0, index = 0; at < plaintext.length; at += frameBytes, index += 1)
    frames.push(...sealFrame(key, index, at + frameBytes >= plaintext.length, plaintext.subarray(at, at + frameBytes)));
  const whole = Buffer.concat(frames);
  for (const frame of frames) release(frame);
  return whole;
}

/**
 * Gives the memory of a buffer back at once. Objects pass through in pieces of 64 KiB: left to the garbage collector, they make it run all
 * the time. Nobody may use the buffer any more.
 */
export function release({ buffer, byteLength }: Uint8Array): void {
  // Small ones share their memory with others.
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}

/** @throws Error for a frame that is not the one that was written */
export function openFrame(key: Uint8Array, index: number, last: boolean, sealed: Uint8Array): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(index, last), { authTagLength: tagBytes });
  decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes));
  const plaintext = decipher.update(sealed.subarray(0, sealed.length - tagBytes));
  decipher.final();
  return plaintext;
}

/** The frames that a range of a blob touches. `end` is exclusive. */
export type Span = {
  /** Bytes of the blob. */
  readonly start: number;
  readonly end: number;
  readonly firstFrame: number;
  /** Bytes to leave out of the first frame, and to take in all. */
  readonly skip: number;
  readonly take: number;
  readonly frames: number;
};

export function spanOf(size: number, start: number, end: number): Span {
  const firstFrame = Math.floor(start / frameBytes);
  const lastFrame = Math.floor((end - 1) / frameBytes);
  const frame = frameBytes + tagBytes;
  return {
    start: firstFrame * frame,
    end: Math.min((lastFrame + 1) * frame, sealedSize(size)),
    firstFrame,
    skip: start - firstFrame * frameBytes,
    take: end - start,
    frames: Math.max(1, Math.ceil(size / frameBytes)),
  };
}

/** Opens what was read of a span in one piece. @throws Error */
export function openSpan(key: Uint8Array, span: Span, sealed: Uint8Array): Buffer {
  const frame = frameBytes + tagBytes;
  const opened: Buffer[] = [];
  for (let at = 0, index = span.firstFrame; at < sealed.length; at += frame, index += 1)
    opened.push(openFrame(key, index, index === span.frames - 1, sealed.subarray(at, at + frame)));
  const [only] = opened;
  const whole = opened.length === 1 && only !== undefined ? only : Buffer.concat(opened);
  return whole.subarray(span.skip, span.skip + span.take);
}

/** Opens a span as it arrives. @throws Error, before the first byte of a wrong frame comes out */
export async function* openSpanStream(
  key: Uint8Array,
  span: Span,
  sealed: AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer> {
  const frame = frameBytes + tagBytes;
  let index = span.firstFrame;
  let { skip, take: left } = span;
  let pieces: Uint8Array[] = [];
  let held = 0;
  const open = (bytes: Uint8Array) => {
    const plain = openFrame(key, index, index === span.frames - 1, bytes);
    index += 1;
    const part = plain.subarray(skip, skip + left);
    skip = 0;
    left -= part.length;
    return part;
  };
  for await (let piece of sealed) {
    while (held + piece.length >= frame) {
      const cut = frame - held;
      const whole = held === 0 ? piece.subarray(0, cut) : Buffer.concat([...pieces, piece.subarray(0, cut)]);
      pieces = [];
      held = 0;
      piece = piece.subarray(cut);
      yield open(whole);
    }
    if (piece.length > 0) {
      pieces.push(piece);
      held += piece.length;
    }
  }
  if (held > 0) yield open(Buffer.concat(pieces));
  if (left > 0) throw new Error('a stored object ends too early');
}

/** Seals a stream: frames as they fill up. `seen` gets every byte before it is sealed. */
export async function* sealStream(
  key: Uint8Array,
  pieces: AsyncIterable<Uint8Array>,
  seen: (piece: Uint8Array) => void,
): AsyncGenerator<Buffer> {
  const held = Buffer.allocUnsafeSlow(frameBytes);
  let filled = 0;
  let index = 0;
  for await (const piece of pieces) {
    seen(piece);
    for (let at = 0; at < piece.length; ) {
      // A full frame leaves only when more follows: the last one is marked as such.
      if (filled === frameBytes) {
        yield* sealFrame(key, index, false, held);
        index += 1;
        filled = 0;
      }
      const count = Math.min(frameBytes - filled, piece.length - at);
      held.set(piece.subarray(at, at + count), filled);
      filled += count;
      at += count;
    }
  }
  yield* sealFrame(key, index, true, held.subarray(0, filled));
}

function nonceOf(index: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(index, 2, 6);
  nonce.writeUInt32BE(last ? 1 : 0, 8);
  return nonce;
}
