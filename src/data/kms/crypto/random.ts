/** Source of random bytes: the context's in the service, a fixed one in tests. */
export type RandomBytes = (length: number) => Uint8Array;
