/** Counts that all processes of an installation share, and that may be lost: limits on tries, rates. */
export interface Counters {
  /**
   * Adds to a count, which is forgotten `ttlMs` after its last change.
   *
   * @returns the count after it
   */
  add(key: string, amount: number, ttlMs: number): Promise<number>;
  /** True for the first who asks within `ttlMs`, and for nobody else until then. */
  claim(key: string, ttlMs: number): Promise<boolean>;
  /** 0 for one that is not there. */
  peek(key: string): Promise<number>;
  clear(key: string): Promise<void>;
  close(): Promise<void>;
}
