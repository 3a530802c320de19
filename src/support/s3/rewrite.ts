import type { Context } from '#runtime/context.ts';
import { objectId, versionRecordId } from './engine/object-id.ts';
import { type BucketRow, type ObjectRow, objects, placeOf, versions } from './records.ts';

/** Writes what changed of a version that stays where it is: its tags, lock, ACL. */
export async function rewriteVersion(ctx: Context, bucket: BucketRow, key: string, row: ObjectRow): Promise<void> {
  const place = placeOf(ctx, bucket);
  const id = objectId(bucket.id, key);
  const current = await place.get(objects, id);
  if (current?.sequence === row.sequence) place.put(objects, id, row);
  else place.put(versions, versionRecordId(bucket.id, key, row.sequence), row);
}
