import { bucketPolicy } from '../../../src/governance/cloudtrail/trail-for-tests.ts';
import type { Sdk } from '../sdk.ts';
import type { ServiceCases } from '../services.ts';

const TagsList = [{ Key: 'team', Value: 'blue' }];

/** CloudTrail. */
export const cloudtrail: ServiceCases = {
  service: 'cloudtrail',
  refusal: '403 AccessDeniedException',
  stock: async (root: Sdk, ringwall) => {
    const { account } = ringwall;
    const S3BucketName = 'trail-files';
    await root.send('s3', 'CreateBucket', { Bucket: S3BucketName });
    await root.send('s3', 'PutBucketPolicy', { Bucket: S3BucketName, Policy: bucketPolicy(S3BucketName) });
    for (const Name of ['main', 'idle']) await root.send('cloudtrail', 'CreateTrail', { Name, S3BucketName, TagsList });
    await root.send('cloudtrail', 'StartLogging', { Name: 'main' });
    const arn = `arn:aws:cloudtrail:us-east-1:${account}:trail/main`;
    return {
      byMember: { Name: 'main', TrailName: 'main', ResourceId: arn, ResourceIdList: [arn], S3BucketName, TagsList },
      byOperation: {
        CreateTrail: { Name: 'new' },
        DeleteTrail: { Name: 'idle' },
        PutEventSelectors: { EventSelectors: [{ ReadWriteType: 'WriteOnly' }] },
        StartLogging: { Name: 'idle' },
        UpdateTrail: { S3BucketName: undefined, EnableLogFileValidation: true },
      },
    };
  },
  exceptions: {
    refused: [
      {
        of: 'cloudtrail:GetInsightSelectors',
        what: 'InsightNotEnabledException',
        reason: 'no trail has insights',
      },
    ],
    absentKeys: [
      { of: 'cloudtrail:CreateTrail', what: 'aws:ResourceTag/*', reason: 'what is being made has no tags yet' },
    ],
  },
};
