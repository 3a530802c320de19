import type { ApiCall, Target } from './api-call.ts';

/** What the benchmark tells the process that makes the load. */
export type LoadOrder =
  | {
      readonly kind: 'prepare';
      readonly target: Target;
      readonly calls: readonly ApiCall[];
      readonly connections: number;
    }
  | { readonly kind: 'run'; readonly seconds: number };

/** What it hears back. */
export type LoadReport =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly result: LoadResult }
  | { readonly kind: 'failed'; readonly reason: string };

export type LoadResult = {
  readonly requests: number;
  /** Wall-clock seconds. */
  readonly seconds: number;
  /** Milliseconds from the write of a request to the last byte of its response. */
  readonly p50: number;
  readonly p99: number;
};
