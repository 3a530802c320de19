import type { IncomingMessage } from 'node:http';
import { ServiceError } from '#wire/service-error.ts';

/** Largest body that is held in memory. Server certificates, policies and batches stay far below; objects stream. */
export const maxBodyBytes = 8 * 1024 * 1024;

/** True when the headers already say that the body is too large. */
export function declaresTooMuch({ headers }: IncomingMessage): boolean {
  return Number(headers['content-length'] ?? 0) > maxBodyBytes;
}

/** Slowest arrival of a body that is collected, ms. Node's own limit would also end the upload of a large object. */
export const bodyTimeoutMs = 300_000;

/** Largest body of a streaming operation that is collected all the same: most objects are small, and one piece is quicker than a stream. */
const maxCollectedBytes = 256 * 1024;

/** True for a body whose length is known and little. */
export function isSmall({ headers }: IncomingMessage): boolean {
  return (
    Number(headers['content-length'] ?? (headers['transfer-encoding'] === undefined ? 0 : NaN)) <= maxCollectedBytes
  );
}

/**
 * Collects a body.
 *
 * @param timeoutMs for its arrival
 * @throws ServiceError RequestEntityTooLarge, RequestTimeout when the client went away or is too slow
 */
export function readBody(message: IncomingMessage, timeoutMs = bodyTimeoutMs): Promise<Uint8Array> {
  const slow = Promise.withResolvers<Uint8Array>();
  const timer = setTimeout(() => {
    slow.reject(new ServiceError('RequestTimeout', 'The request body did not arrive in time.', { status: 408 }));
  }, timeoutMs);
  return Promise.race([collect(message), slow.promise]).finally(() => clearTimeout(timer));
}

function collect(message: IncomingMessage): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    if (declaresTooMuch(message)) return reject(tooLarge());
    const chunks: Buffer[] = [];
    let size = 0;
    message.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBodyBytes) {
        message.removeAllListeners('data');
        message.resume();
        return reject(tooLarge());
      }
      chunks.push(chunk);
    });
    message.once('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size)));
    const gone = () => reject(new ServiceError('RequestTimeout', 'The request body did not arrive.', { status: 400 }));
    message.once('error', gone);
    message.once('close', () => {
      if (!message.complete) gone();
    });
  });
}

function tooLarge(): ServiceError {
  return new ServiceError('RequestEntityTooLarge', `Request body is larger than ${maxBodyBytes} bytes.`, {
    status: 413,
  });
}
