import type { Readable } from 'node:stream';

/** Large opaque objects: bodies that are too big for a record. What needs secrecy is encrypted before it comes here. */
export interface Blobs {
  /**
   * Stores a whole blob; replaces one of the same name. It is there whole and durable when this resolves, or not at all.
   *
   * @param name any well-formed text; slashes make no folders
   * @throws UnavailableError when it cannot be made durable; whatever `source` throws
   */
  put(
    name: string,
    source: Readable | AsyncIterable<Uint8Array>,
  ): Promise<{ readonly size: number; readonly sha256: string }>;
  /** @param range bytes from `start` up to, not including, `end`. @returns undefined when there is no such blob */
  get(name: string, range?: { readonly start?: number; readonly end?: number }): Promise<BlobContent | undefined>;
  /** Deleting what is absent is fine. */
  delete(name: string): Promise<void>;
  /** Names that begin with `prefix`, in binary order. */
  list(prefix?: string): Promise<readonly { readonly name: string; readonly size: number }[]>;
}

/** `size` is that of the whole blob; `stream` gives the range asked for, and must be read or destroyed. */
export type BlobContent = { readonly size: number; readonly stream: Readable };
