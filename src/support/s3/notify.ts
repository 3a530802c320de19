import type { Context } from '#runtime/context.ts';
import type { BucketRow, ObjectRow } from './records.ts';

/** What happened to an object, for those who asked to be told. */
export type ObjectEvent = {
  readonly bucket: string;
  readonly key: string;
  /** `s3:ObjectCreated:Put` */
  readonly name: string;
  readonly time: number;
  readonly versionId: string | undefined;
  readonly size: number | undefined;
  readonly etag: string | undefined;
  readonly sequencer: string;
  readonly requestId: string;
  readonly sourceIp: string;
  readonly principalId: string;
};

/** Tells a bucket's targets with the commit. */
export function tellNotified(
  ctx: Context,
  bucket: BucketRow,
  key: string,
  row: Pick<ObjectRow, 'versionId' | 'sequence' | 'size' | 'etag' | 'marker'>,
  name: string,
): void {
  const config = bucket.notification;
  if (config === undefined || (!config.eventBridge && config.targets.length === 0)) return;
  const event: ObjectEvent = {
    bucket: bucket.name,
    key,
    name,
    time: ctx.now,
    versionId: bucket.versioning === undefined ? undefined : row.versionId,
    size: row.marker === true ? undefined : row.size,
    etag: row.marker === true ? undefined : row.etag,
    sequencer: row.sequence.toString(16).toUpperCase().padStart(18, '0'),
    requestId: ctx.requestId,
    sourceIp: ctx.request.sourceIp,
    principalId: ctx.principal.userId,
  };
  ctx.publish('s3/notify', event);
}
