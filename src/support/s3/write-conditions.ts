import type { Context } from '#runtime/context.ts';
import { refusal, refused } from './errors.ts';
import type { BucketRow } from './records.ts';
import { currentOf } from './versions.ts';

type Conditional = { readonly IfMatch?: string | undefined; readonly IfNoneMatch?: string | undefined };

/**
 * Conditions of a write on the current version: it is that one, or there is none. The commit fails when it changes meanwhile, and they
 * are checked again.
 *
 * @throws ServiceError PreconditionFailed, NoSuchKey, NotImplemented
 */
export async function checkWriteConditions(
  ctx: Context,
  bucket: BucketRow,
  key: string,
  { IfMatch: ifMatch, IfNoneMatch: ifNoneMatch }: Conditional,
): Promise<void> {
  if (ifMatch === undefined && ifNoneMatch === undefined) return;
  if (ifMatch !== undefined && ifNoneMatch !== undefined)
    throw notImplemented('If-Match,If-None-Match', 'Multiple conditional request headers present in the request');
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*')
    throw notImplemented('If-None-Match', "We don't accept the provided value of If-None-Match header for this API");
  if (ifMatch === '*')
    throw notImplemented('If-Match', "We don't accept the provided value of If-Match header for this API");
  const current = await currentOf(ctx, bucket, key);
  if (ifNoneMatch !== undefined) {
    if (current !== undefined) throw refusal('PreconditionFailed', { Condition: 'If-None-Match' });
    return;
  }
  if (current === undefined) throw refusal('NoSuchKey', { Key: key });
  if (current.etag !== ifMatch?.replace(/^"|"$/g, '')) throw refusal('PreconditionFailed', { Condition: 'If-Match' });
}

function notImplemented(header: string, additionalMessage: string): Error {
  return refused('NotImplemented', 'A header you provided implies functionality that is not implemented', 501, {
    Header: header,
    additionalMessage,
  });
}
