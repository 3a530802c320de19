import { hostLabels, isS3Label } from './origin.ts';

/** Bucket and key as sent, still percent-encoded; never normalised: `//` and `..` are part of a key. */
export type S3Address = { readonly bucket: string | undefined; readonly key: string | undefined };

/**
 * Bucket in the host (`bucket.s3.us-east-1.amazonaws.com`, `bucket.s3.localhost`, `bucket.localhost`) or in the path.
 *
 * @example s3Address('127.0.0.1:4566', '/photos/2026//a.png') // { bucket: 'photos', key: '2026//a.png' }
 */
export function s3Address(host: string, path: string): S3Address {
  const bucket = bucketOfHost(hostLabels(host));
  const rest = path.startsWith('/') ? path.slice(1) : path;
  if (bucket !== undefined) return { bucket, key: rest === '' ? undefined : rest };
  if (rest === '') return { bucket: undefined, key: undefined };
  const slash = rest.indexOf('/');
  if (slash < 0) return { bucket: rest, key: undefined };
  const key = rest.slice(slash + 1);
  return { bucket: rest.slice(0, slash), key: key === '' ? undefined : key };
}

function bucketOfHost(labels: readonly string[]): string | undefined {
  // The last `s3` label counts: a bucket's own name may contain one.
  const at = labels.findLastIndex(isS3Label);
  if (at >= 0) return at === 0 ? undefined : labels.slice(0, at).join('.');
  // An SDK that is given http://localhost writes the bucket before it.
  return labels.length > 1 && labels.at(-1) === 'localhost' ? labels.slice(0, -1).join('.') : undefined;
}
