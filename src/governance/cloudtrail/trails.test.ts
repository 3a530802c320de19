import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { CloudTrail, CreateTrailCommandInput } from '@aws-sdk/client-cloudtrail';
import { IAM } from '@aws-sdk/client-iam';
import { KMS } from '@aws-sdk/client-kms';
import type { S3 } from '@aws-sdk/client-s3';
import { type Ringwall, startRingwall } from '../../../test/harness/start.ts';
import { bucketPolicy, clients, makeBucket } from './trail-for-tests.ts';

describe('trails', () => {
  let ringwall: Ringwall;
  let trail: CloudTrail;
  let west: CloudTrail;
  let s3: S3;
  const bucket = 'logs';
  const arn = (name: string, region = 'us-east-1') => `arn:aws:cloudtrail:${region}:${ringwall.account}:trail/${name}`;

  before(async () => {
    ringwall = await startRingwall();
    ({ trail, s3 } = clients(ringwall));
    west = clients(ringwall, 'us-west-2').trail;
    await makeBucket(s3, bucket);
  });
  after(() => ringwall.stop());

  test('a trail is made, shown, changed and deleted', async () => {
    const TagsList = [{ Key: 'team', Value: 'blue' }];
    const made = await trail.createTrail({ Name: 'one', S3BucketName: bucket, S3KeyPrefix: 'p', TagsList });
    assert.equal(made.TrailARN, arn('one'));
    assert.equal(made.LogFileValidationEnabled, false);
    assert.equal(made.IncludeGlobalServiceEvents, true);
    await assert.rejects(trail.createTrail({ Name: 'one', S3BucketName: bucket }), {
      name: 'TrailAlreadyExistsException',
      message: `Trail one already exists for customer: ${ringwall.account}`,
    });
    const { Trail } = await trail.getTrail({ Name: arn('one') });
    assert.equal(Trail?.HomeRegion, 'us-east-1');
    assert.equal(Trail?.HasCustomEventSelectors, false);
    assert.equal(Trail?.S3KeyPrefix, 'p');
    const changed = await trail.updateTrail({ Name: 'one', S3KeyPrefix: '', EnableLogFileValidation: true });
    assert.equal(changed.S3KeyPrefix, undefined);
    assert.equal(changed.LogFileValidationEnabled, true);
    const status = await trail.getTrailStatus({ Name: 'one' });
    assert.equal(status.IsLogging, false);
    assert.equal(status.TimeLoggingStarted, '');
    await trail.startLogging({ Name: 'one' });
    assert.equal((await trail.getTrailStatus({ Name: 'one' })).IsLogging, true);
    await trail.deleteTrail({ Name: 'one' });
    await assert.rejects(trail.getTrail({ Name: 'one' }), {
      name: 'TrailNotFoundException',
      message: `Unknown trail: ${arn('one')} for the user: ${ringwall.account}`,
    });
    assert.deepEqual((await trail.describeTrails({})).trailList, []);
  });

  test('a trail of all Regions is seen in each, and changed at home only', async () => {
    await trail.createTrail({ Name: 'every', S3BucketName: bucket, IsMultiRegionTrail: true });
    await trail.createTrail({ Name: 'local', S3BucketName: bucket });
    const seen = async (client: CloudTrail, includeShadowTrails: boolean) =>
      (await client.describeTrails({ includeShadowTrails })).trailList?.map(({ Name }) => Name);
    assert.deepEqual(await seen(trail, true), ['every', 'local']);
    assert.deepEqual(await seen(west, true), ['every']);
    assert.deepEqual(await seen(west, false), []);
    assert.deepEqual((await west.listTrails({})).Trails, [
      { Name: 'every', HomeRegion: 'us-east-1', TrailARN: arn('every') },
    ]);
    assert.equal((await west.getTrailStatus({ Name: arn('every') })).IsLogging, false);
    assert.equal((await west.describeTrails({ trailNameList: [arn('every')] })).trailList?.length, 1);
    assert.equal((await west.describeTrails({ trailNameList: ['every'] })).trailList?.length, 0);
    for (const Name of ['every', arn('every')])
      await assert.rejects(west.startLogging({ Name }), { name: 'InvalidHomeRegionException' });
    await assert.rejects(west.getTrail({ Name: arn('local') }), { name: 'TrailNotFoundException' });
    await assert.rejects(west.createTrail({ Name: 'every', S3BucketName: bucket }), {
      name: 'TrailAlreadyExistsException',
    });
    await trail.updateTrail({ Name: 'every', IsMultiRegionTrail: false });
    assert.deepEqual(await seen(west, true), []);
    for (const Name of ['every', 'local']) await trail.deleteTrail({ Name });
  });

  test('five trails fill a Region', async () => {
    for (const n of [1, 2, 3, 4, 5]) await trail.createTrail({ Name: `fill${n}`, S3BucketName: bucket });
    await assert.rejects(trail.createTrail({ Name: 'fill6', S3BucketName: bucket }), {
      name: 'MaximumNumberOfTrailsExceededException',
    });
    for (const n of [1, 2, 3, 4, 5]) await trail.deleteTrail({ Name: `fill${n}` });
  });

  const refusals: readonly (readonly [why: string, input: Partial<CreateTrailCommandInput>, code: string])[] = [
    ['a short name', { Name: 'ab' }, 'InvalidTrailNameException'],
    ['a long name', { Name: 'a'.repeat(129) }, 'InvalidTrailNameException'],
    ['spaces', { Name: 'a b c' }, 'InvalidTrailNameException'],
    ['a name that begins with a mark', { Name: '-abc' }, 'InvalidTrailNameException'],
    ['adjacent marks', { Name: 'a..b' }, 'InvalidTrailNameException'],
    ['an address', { Name: '192.168.5.4' }, 'InvalidTrailNameException'],
    ['other letters', { Name: 'träil' }, 'InvalidTrailNameException'],
    ['a bucket that is not there', { S3BucketName: 'absent' }, 'S3BucketDoesNotExistException'],
    ['a bucket name in capitals', { S3BucketName: 'LOGS' }, 'InvalidS3BucketNameException'],
    ['a bucket whose policy says nothing', { S3BucketName: 'closed' }, 'InsufficientS3BucketPolicyException'],
    ['a long prefix', { S3KeyPrefix: 'p'.repeat(201) }, 'InvalidS3PrefixException'],
    ['a topic name of other letters', { SnsTopicName: 'a b' }, 'InvalidSnsTopicNameException'],
    ['a topic that is not there', { SnsTopicName: 'absent' }, 'InsufficientSnsTopicPolicyException'],
    ['no key', { KmsKeyId: 'x' }, 'InvalidKmsKeyIdException'],
    ['an organization', { IsOrganizationTrail: true }, 'OrganizationsNotInUseException'],
    [
      'all Regions without global services',
      { IsMultiRegionTrail: true, IncludeGlobalServiceEvents: false },
      'InvalidParameterCombinationException',
    ],
    [
      'a log group without a role',
      { CloudWatchLogsLogGroupArn: 'arn:aws:logs:us-east-1:123456789012:log-group:g:*' },
      'InvalidCloudWatchLogsRoleArnException',
    ],
    [
      'a role without a log group',
      { CloudWatchLogsRoleArn: 'arn:aws:iam::123456789012:role/r' },
      'InvalidCloudWatchLogsLogGroupArnException',
    ],
    ['a reserved tag', { TagsList: [{ Key: 'aws:x', Value: 'y' }] }, 'InvalidTagParameterException'],
    [
      'a tag twice',
      {
        TagsList: [
          { Key: 'x', Value: '1' },
          { Key: 'x', Value: '2' },
        ],
      },
      'InvalidTagParameterException',
    ],
    [
      'too many tags',
      { TagsList: Array.from({ length: 51 }, (_, n) => ({ Key: `k${n}`, Value: 'v' })) },
      'TagsLimitExceededException',
    ],
  ];
  for (const [why, input, code] of refusals) {
    test(`refuses ${why}`, async () => {
      if (input.S3BucketName === 'closed') await s3.createBucket({ Bucket: 'closed' });
      await assert.rejects(trail.createTrail({ Name: 'refused', S3BucketName: bucket, ...input }), { name: code });
      assert.deepEqual((await trail.listTrails({})).Trails, []);
    });
  }

  test('the bucket’s policy may name the trail and the account, and nothing less than handing over', async () => {
    await s3.createBucket({ Bucket: 'strict' });
    const policy = (more: object) => s3.putBucketPolicy({ Bucket: 'strict', Policy: bucketPolicy('strict', more) });
    const make = () => trail.createTrail({ Name: 'named', S3BucketName: 'strict' });
    await policy({ 'aws:SourceArn': arn('other') });
    await assert.rejects(make(), {
      name: 'InsufficientS3BucketPolicyException',
      message: 'Incorrect S3 bucket policy is detected for bucket: strict',
    });
    await policy({ 's3:x-amz-acl': 'private' });
    await assert.rejects(make(), { name: 'InsufficientS3BucketPolicyException' });
    await policy({ 'aws:SourceArn': arn('named'), 'aws:SourceAccount': ringwall.account });
    await make();
    await trail.deleteTrail({ Name: 'named' });
  });

  test('the key’s policy must let CloudTrail in', async () => {
    const kms = new KMS(ringwall.client);
    const statement = (Principal: object, Action: string, more: object = {}) => ({
      Effect: 'Allow',
      Principal,
      Action,
      Resource: '*',
      ...more,
    });
    const owner = statement({ AWS: `arn:aws:iam::${ringwall.account}:root` }, 'kms:*');
    const Service = 'cloudtrail.amazonaws.com';
    const describe = statement({ Service }, 'kms:DescribeKey');
    const context = (name: string) => ({ StringEquals: { 'kms:EncryptionContext:aws:cloudtrail:arn': arn(name) } });
    const key = async (...Statement: object[]) => {
      const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [owner, ...Statement] });
      return (await kms.createKey({ Policy })).KeyMetadata;
    };
    const make = (KmsKeyId: string | undefined) =>
      trail.createTrail({ Name: 'sealed', S3BucketName: bucket, KmsKeyId });
    const refused = { name: 'InsufficientEncryptionPolicyException' };
    await assert.rejects(make((await key())?.KeyId), refused);
    await assert.rejects(make((await key(describe))?.KeyId), refused);
    const other = statement({ Service }, 'kms:GenerateDataKey*', { Condition: context('other') });
    await assert.rejects(make((await key(describe, other))?.KeyId), refused);
    const own = statement({ Service }, 'kms:GenerateDataKey*', { Condition: context('sealed') });
    const good = await key(describe, own);
    const made = await make(good?.KeyId);
    assert.equal(made.KmsKeyId, good?.Arn);
    await assert.rejects(make('11111111-2222-3333-4444-555555555555'), { name: 'TrailAlreadyExistsException' });
    await trail.deleteTrail({ Name: 'sealed' });
    await assert.rejects(make('11111111-2222-3333-4444-555555555555'), { name: 'KmsKeyNotFoundException' });
    await kms.disableKey({ KeyId: good?.KeyId });
    await assert.rejects(make(good?.KeyId), { name: 'KmsKeyDisabledException' });
  });

  test('tags are added, listed and removed', async () => {
    await trail.createTrail({ Name: 'tagged', S3BucketName: bucket });
    const ResourceId = arn('tagged');
    const tags = async () => (await trail.listTags({ ResourceIdList: [ResourceId] })).ResourceTagList?.[0]?.TagsList;
    await trail.addTags({ ResourceId, TagsList: [{ Key: 'a', Value: '1' }, { Key: 'b', Value: '2' }, { Key: 'c' }] });
    await trail.removeTags({ ResourceId, TagsList: [{ Key: 'a' }, { Key: 'b', Value: 'other' }] });
    assert.deepEqual(await tags(), [
      { Key: 'b', Value: '2' },
      { Key: 'c', Value: '' },
    ]);
    await assert.rejects(trail.addTags({ ResourceId: 'tagged', TagsList: [] }), {
      name: 'CloudTrailARNInvalidException',
    });
    await assert.rejects(trail.listTags({ ResourceIdList: [arn('absent')] }), { name: 'ResourceNotFoundException' });
    await assert.rejects(trail.addTags({ ResourceId: ResourceId.replace(':trail/', ':channel/'), TagsList: [] }), {
      name: 'ResourceTypeNotSupportedException',
    });
    await trail.deleteTrail({ Name: 'tagged' });
  });

  test('selectors are one kind or the other', async () => {
    await trail.createTrail({ Name: 'choosy', S3BucketName: bucket });
    const TrailName = 'choosy';
    assert.deepEqual((await trail.getEventSelectors({ TrailName })).EventSelectors, [
      { ReadWriteType: 'All', IncludeManagementEvents: true, DataResources: [], ExcludeManagementEventSources: [] },
    ]);
    const AdvancedEventSelectors = [
      {
        Name: 'objects',
        FieldSelectors: [
          { Field: 'eventCategory', Equals: ['Data'] },
          { Field: 'resources.type', Equals: ['AWS::S3::Object'] },
          { Field: 'resources.ARN', NotStartsWith: ['arn:aws:s3:::logs/'] },
        ],
      },
    ];
    await trail.putEventSelectors({ TrailName, AdvancedEventSelectors });
    const answer = await trail.getEventSelectors({ TrailName });
    assert.deepEqual(answer.AdvancedEventSelectors, AdvancedEventSelectors);
    assert.equal(answer.EventSelectors, undefined);
    assert.equal((await trail.getTrail({ Name: TrailName })).Trail?.HasCustomEventSelectors, true);
    const invalid = { name: 'InvalidEventSelectorsException' };
    await assert.rejects(trail.putEventSelectors({ TrailName }), invalid);
    await assert.rejects(trail.putEventSelectors({ TrailName, AdvancedEventSelectors, EventSelectors: [] }), invalid);
    await assert.rejects(trail.getInsightSelectors({ TrailName }), { name: 'InsightNotEnabledException' });
    await trail.deleteTrail({ Name: TrailName });
  });

  test('malformed ARNs and hostile names are refused as AWS does', async () => {
    for (const Name of ['arn:aws:s3:::x', 'arn:', `arn:aws:cloudtrail:us-east-1:${ringwall.account}:trail/`])
      await assert.rejects(trail.getTrail({ Name }), { name: 'CloudTrailARNInvalidException' });
    for (const Name of ['', '\u0000abc', '🙂🙂🙂', '../../etc'])
      await assert.rejects(trail.startLogging({ Name }), { name: 'InvalidTrailNameException' });
    const foreign = 'arn:aws:cloudtrail:us-east-1:999999999999:trail/theirs';
    await assert.rejects(trail.getTrail({ Name: foreign }), /AccessDenied|TrailNotFound/);
  });

  test('who hands over a role must be allowed to', async () => {
    const iam = new IAM(ringwall.client);
    await iam.createUser({ UserName: 'maker' });
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'cloudtrail:*', Resource: '*' }],
    });
    await iam.putUserPolicy({ UserName: 'maker', PolicyName: 'p', PolicyDocument });
    const { AccessKey } = await iam.createAccessKey({ UserName: 'maker' });
    const { CloudTrail: Client } = await import('@aws-sdk/client-cloudtrail');
    const maker = new Client(
      ringwall.as({ accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' }),
    );
    const logs = {
      CloudWatchLogsLogGroupArn: `arn:aws:logs:us-east-1:${ringwall.account}:log-group:g:*`,
      CloudWatchLogsRoleArn: `arn:aws:iam::${ringwall.account}:role/r`,
    };
    await assert.rejects(maker.createTrail({ Name: 'passed', S3BucketName: bucket, ...logs }), /iam:PassRole/);
  });
});
