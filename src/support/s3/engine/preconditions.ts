/** What a request makes its success depend on; times in ms. */
export type Preconditions = {
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
  readonly ifModifiedSince: number | undefined;
  readonly ifUnmodifiedSince: number | undefined;
};

export type Failed = 'If-Match' | 'If-None-Match' | 'If-Modified-Since' | 'If-Unmodified-Since';

/**
 * The condition that an object fails, in the order of RFC 9110 §13.2.2: entity tags win over times.
 *
 * @param etag without quotes
 * @param modified ms; headers carry whole seconds
 * @param now ms; dates in the future are not asked
 */
export function failedPrecondition(
  { ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince }: Preconditions,
  etag: string,
  modified: number,
  now: number,
): Failed | undefined {
  const second = Math.floor(modified / 1000) * 1000;
  if (ifMatch !== undefined) {
    if (!matches(ifMatch, etag)) return 'If-Match';
  } else if (ifUnmodifiedSince !== undefined && second > ifUnmodifiedSince) return 'If-Unmodified-Since';
  if (ifNoneMatch !== undefined) return matches(ifNoneMatch, etag) ? 'If-None-Match' : undefined;
  if (ifModifiedSince !== undefined && ifModifiedSince <= now && second <= ifModifiedSince) return 'If-Modified-Since';
  return undefined;
}

/** `*`, or a list of entity tags, with or without quotes. */
function matches(header: string, etag: string): boolean {
  if (header.trim() === '*') return true;
  return header.split(',').some((each) => each.trim().replace(/^W\//, '').replace(/^"|"$/g, '') === etag);
}
