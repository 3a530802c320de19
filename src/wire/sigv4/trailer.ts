import { timingSafeEqual } from 'node:crypto';
import type { ServiceError } from '#wire/service-error.ts';
import { type Checksum, checksumHeader, checksumSizes, startChecksum } from './checksum.ts';
import { chunkedError } from './chunked-error.ts';

const SIGNATURE = 'x-amz-trailer-signature';

/** A trailer that `x-amz-trailer` announced: the checksum is computed while the body passes. */
export type AnnouncedTrailer = {
  readonly name: string;
  readonly checksum: Checksum;
  /** What the client sent, against what was computed. */
  readonly refusal: (value: string) => ServiceError | undefined;
};

/**
 * Reads the header `x-amz-trailer`.
 *
 * @throws ServiceError for a trailer that is no checksum or of an algorithm that is not served
 */
export function announcedTrailers(header: string | undefined): readonly AnnouncedTrailer[] {
  const names = (header ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
  if (new Set(names).size !== names.length) throw chunkedError.unsupportedTrailer();
  return names.map((name) => {
    const algorithm = checksumHeader(name);
    if (algorithm === undefined) throw chunkedError.unsupportedTrailer();
    const checksum = startChecksum(algorithm);
    return {
      name,
      checksum,
      refusal: (value) => {
        const given = Buffer.from(value, 'base64');
        // Buffer.from skips what is not base64; only the exact spelling is a value.
        if (given.length !== checksumSizes[algorithm] || given.toString('base64') !== value) {
          return chunkedError.invalidChecksum(name);
        }
        return timingSafeEqual(given, checksum.digest()) ? undefined : chunkedError.badChecksum(algorithm);
      },
    };
  });
}

/** What came after the last chunk. */
export type TrailerSection = {
  readonly values: ReadonlyMap<string, string>;
  readonly signature: string | undefined;
  /** `name:value` lines, each ended by a line feed: what the trailer signature covers. */
  readonly canonical: string;
};

/**
 * Reads the lines after the last chunk. Clients end them with CR LF, LF, or LF and an empty CR LF line (the S3 API
 * reference shows the last): empty lines carry nothing.
 *
 * @returns undefined when a line is no `name:value` or a name comes twice
 */
export function parseTrailer(section: string): TrailerSection | undefined {
  const values = new Map<string, string>();
  let canonical = '';
  let signature: string | undefined;
  for (const line of section.split('\n').map((raw) => raw.replace(/\r$/, ''))) {
    if (line === '') continue;
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0)).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    // The signature ends the section: a line after it would be unsigned.
    if (name === '' || signature !== undefined || values.has(name)) return undefined;
    if (name === SIGNATURE) {
      signature = value;
    } else {
      values.set(name, value);
      canonical += `${name}:${value}\n`;
    }
  }
  return { values, signature, canonical };
}
