import type { Readable } from 'node:stream';

/** One HTTP request as it came from the socket: nothing decoded, nothing normalised. */
export type WireRequest = {
  readonly method: string;
  /** Path as sent, still percent-encoded, without the query. */
  readonly path: string;
  /** Query as sent, without the `?`; empty when absent. */
  readonly query: string;
  /** Lower-case names; repeated headers joined with `,`. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Whole body, or a stream where the operation's input streams. */
  readonly body: Uint8Array | Readable;
};

/** One HTTP response, ready to be written. */
export type WireResponse = {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string | Uint8Array | Readable | AsyncIterable<Uint8Array>;
};
