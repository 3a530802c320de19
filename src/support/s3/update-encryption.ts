import { bucketArn, bucketOf, objectArn, requestKeys } from './access.ts';
import type { Operation } from './api.ts';
import { rewrappedKey } from './data-keys.ts';
import { openDataKey } from './encryption.ts';
import { invalidRequest, refusal } from './errors.ts';
import { versionResource } from './object-access.ts';
import { rewriteVersion } from './rewrite.ts';
import { versionFor } from './versions.ts';

/** Puts an object under a KMS key: its data key is wrapped anew, its content stays as it is. */
export const UpdateObjectEncryption: Operation<'UpdateObjectEncryption'> = {
  resource: versionResource,
  conditions: (input, ctx) => ({
    ...requestKeys(ctx),
    's3:x-amz-server-side-encryption': 'aws:kms',
    's3:x-amz-server-side-encryption-aws-kms-key-id': input.ObjectEncryption?.SSEKMS?.KMSKeyArn,
  }),
  handle: async (input, ctx) => {
    const bucket = await bucketOf(ctx, input);
    const { Key: key } = input;
    const row = await versionFor(ctx, bucket, key, input.VersionId, 'PUT');
    const { KMSKeyArn: keyArn, BucketKeyEnabled: bucketKey = false } = input.ObjectEncryption?.SSEKMS ?? {};
    if (keyArn === undefined) throw refusal('MalformedXML');
    if (row.encryption === undefined || row.encryption.kind === 'c')
      throw invalidRequest('The encryption of an object under a customer-provided key cannot be updated.');
    const dataKey = await openDataKey(ctx, bucket, row.encryption, undefined);
    const context = { 'aws:s3:arn': bucketKey ? bucketArn(bucket.name) : objectArn(bucket.name, key) };
    const made = await rewrappedKey(ctx, bucket, keyArn, dataKey, context);
    const encryption = { kind: 'kms', algorithm: 'aws:kms', ...made, context, bucketKey } as const;
    await rewriteVersion(ctx, bucket, key, { ...row, encryption });
    return {};
  },
};
