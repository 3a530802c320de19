import { isUtf8 } from 'node:buffer';
import { gunzipSync } from 'node:zlib';
import { Malformed } from './formats/malformed.ts';
import type { WireRequest } from './message.ts';

/**
 * Largest body after decompression, 32 MiB: PutMetricData, the one API that takes gzip, allows 1 MB compressed; the factor
 * covers repetitive text and stops zip bombs.
 */
const maxInflated = 32 * 1024 * 1024;

/** The whole body. @throws Malformed when it is compressed and does not inflate within the limit */
export function wholeBody(request: WireRequest, compressible: boolean): Uint8Array {
  const body = request.body;
  if (!(body instanceof Uint8Array)) throw new Error('INVARIANT: a streamed body where a whole one is needed');
  if (!compressible || request.headers['content-encoding'] !== 'gzip') return body;
  try {
    return gunzipSync(body, { maxOutputLength: maxInflated });
  } catch {
    throw new Malformed('Could not decompress the request body');
  }
}

/** UTF-8 text of bytes. @throws Malformed when they are not UTF-8 */
export function utf8Text(bytes: Uint8Array): string {
  if (!isUtf8(bytes)) throw new Malformed('Request body is not valid UTF-8');
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
