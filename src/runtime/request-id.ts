import { randomUUIDv7 } from 'node:crypto';

/**
 * A time-ordered UUID (RFC 9562, version 7): looks like AWS's request ids, and `ringwall explain` finds the record by its time.
 */
export function newRequestId(): string {
  return randomUUIDv7();
}

/** Milliseconds since the epoch at which an id was made; undefined for other ids. */
export function timeOfRequestId(id: string): number | undefined {
  if (!/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)) return undefined;
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}
