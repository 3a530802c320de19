import { bucketOf } from './access.ts';
import type { Operation } from './api.ts';
import { changeBucket, onBucket } from './bucket-settings.ts';
import { invalidArgument, refusal } from './errors.ts';
import type { BucketEncryption } from './records.ts';

export const GetBucketEncryption: Operation<'GetBucketEncryption'> = {
  ...onBucket,
  action: 's3:GetEncryptionConfiguration',
  handle: async (input, ctx) => {
    const { encryption } = await bucketOf(ctx, input);
    return {
      ServerSideEncryptionConfiguration: {
        Rules: [
          {
            ApplyServerSideEncryptionByDefault: {
              SSEAlgorithm: encryption.algorithm,
              ...(encryption.keyId === undefined ? {} : { KMSMasterKeyID: encryption.keyId }),
            },
            BucketKeyEnabled: encryption.bucketKey,
            ...(encryption.blocksCustomerKeys === undefined
              ? {}
              : { BlockedEncryptionTypes: { EncryptionType: [encryption.blocksCustomerKeys ? 'SSE-C' : 'NONE'] } }),
          },
        ],
      },
    };
  },
};

export const PutBucketEncryption: Operation<'PutBucketEncryption'> = {
  ...onBucket,
  action: 's3:PutEncryptionConfiguration',
  handle: async (input, ctx) => {
    const [rule, ...more] = input.ServerSideEncryptionConfiguration.Rules;
    if (rule === undefined || more.length > 0) throw refusal('MalformedXML');
    const bucket = await bucketOf(ctx, input);
    const {
      ApplyServerSideEncryptionByDefault: chosen,
      BucketKeyEnabled: bucketKey,
      BlockedEncryptionTypes: blocked,
    } = rule;
    const algorithm = chosen?.SSEAlgorithm ?? bucket.encryption.algorithm;
    if (algorithm !== 'AES256' && algorithm !== 'aws:kms' && algorithm !== 'aws:kms:dsse')
      throw refusal('MalformedXML');
    const keyId = chosen?.KMSMasterKeyID;
    if (algorithm === 'AES256' && keyId !== undefined)
      throw invalidArgument(
        'a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse',
        'ApplyServerSideEncryptionByDefault',
      );
    const types = blocked?.EncryptionType;
    const encryption: BucketEncryption = {
      algorithm,
      ...(keyId === undefined ? {} : { keyId }),
      bucketKey: bucketKey ?? false,
      ...(types === undefined
        ? bucket.encryption.blocksCustomerKeys === undefined
          ? {}
          : { blocksCustomerKeys: bucket.encryption.blocksCustomerKeys }
        : { blocksCustomerKeys: types.includes('SSE-C') }),
    };
    return changeBucket(ctx, input, { encryption });
  },
};

export const DeleteBucketEncryption: Operation<'DeleteBucketEncryption'> = {
  ...onBucket,
  action: 's3:PutEncryptionConfiguration',
  handle: (input, ctx) => changeBucket(ctx, input, { encryption: { algorithm: 'AES256', bucketKey: false } }),
};
