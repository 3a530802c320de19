import { Malformed } from '../formats/malformed.ts';
import { ServiceError } from '../service-error.ts';

/** Runs a reader; what it refuses becomes the protocol's error with status 400. */
export function refusing<T>(code: string, read: () => T, text?: string): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Malformed) throw new ServiceError(code, text ?? error.message, { status: 400 });
    throw error;
  }
}
