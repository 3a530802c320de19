import type { Readable } from 'node:stream';

/** Large opaque objects: bodies that are too big for a record. What needs secrecy is encrypted before it comes here. */
export interface Blobs {
  /**
   * Stores a whole blob; replaces one of the same name. It is there whole and durable when this resolves, or not at all.
   *
   * @param name any well-formed text; slashes make no folders
   * @param options `digest: false` where nobody asks for the SHA-256, which is '' then
   * @throws UnavailableError when it cannot be made durable; whatever `source` throws
   */
  put(
    name: string,
    source: Readable | AsyncIterable<Uint8Array> | Uint8Array,
    options?: { readonly digest?: boolean },
  ): Promise<{ readonly size: number; readonly sha256: string }>;
  /** @param range bytes from `start` up to, not including, `end`. @returns undefined when there is no such blob */
  get(name: string, range?: BlobRange): Promise<BlobContent | undefined>;
  /**
   * The bytes of a range in one piece: for little ones.
   *
   * @param use makes something of the bytes, which are overwritten as soon as it returns
   * @returns what it made; undefined when there is no such blob
   */
  read<T>(name: string, range: BlobRange, use: (bytes: Buffer) => T): Promise<T | undefined>;
  /** Deleting what is absent is fine. */
  delete(name: string): Promise<void>;
  /** Names that begin with `prefix`, in binary order. */
  list(prefix?: string): Promise<readonly { readonly name: string; readonly size: number }[]>;
  /** Blobs whose names begin with `prefix`, in no order, read as one goes on. */
  walk(prefix?: string): AsyncIterable<WalkedBlob>;
}

export type BlobRange = { readonly start?: number; readonly end?: number };

/** `size` is that of the whole blob; `stream` gives the range asked for, and must be read or destroyed. */
export type BlobContent = { readonly size: number; readonly stream: Readable };

/** `modified`: when it was stored, ms since the epoch by the wall clock. */
export type WalkedBlob = { readonly name: string; readonly size: number; readonly modified: number };
