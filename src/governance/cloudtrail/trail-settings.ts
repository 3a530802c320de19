import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import { refuse } from './access.ts';
import { type Destinations, placeOf } from './destinations.ts';
import { bucketFault, prefixFault } from './engine/names.ts';
import type { TrailRow } from './records.ts';

/** What CreateTrail and UpdateTrail have alike. */
export type TrailInput = {
  readonly S3BucketName?: string | undefined;
  readonly S3KeyPrefix?: string | undefined;
  readonly SnsTopicName?: string | undefined;
  readonly IncludeGlobalServiceEvents?: boolean | undefined;
  readonly IsMultiRegionTrail?: boolean | undefined;
  readonly EnableLogFileValidation?: boolean | undefined;
  readonly CloudWatchLogsLogGroupArn?: string | undefined;
  readonly CloudWatchLogsRoleArn?: string | undefined;
  readonly KmsKeyId?: string | undefined;
  readonly IsOrganizationTrail?: boolean | undefined;
};

type Settings = Pick<
  TrailRow,
  'bucket' | 'prefix' | 'topic' | 'logs' | 'kmsKey' | 'globalEvents' | 'multiRegion' | 'validation'
>;

/**
 * The settings of a trail as a request changes them; an empty text takes a setting away.
 *
 * @throws ServiceError where one of them is not valid
 */
export async function settingsOf(
  input: TrailInput,
  before: Settings,
  trail: Pick<Destinations, 'account' | 'region' | 'arn'>,
  ctx: Context,
): Promise<Settings> {
  if (input.IsOrganizationTrail === true) {
    throw new ServiceError(
      'OrganizationsNotInUseException',
      'The account is not part of an organization: a trail cannot be that of one.',
    );
  }
  const bucket = input.S3BucketName ?? before.bucket;
  refuse(bucketFault(bucket));
  const prefix = changed(input.S3KeyPrefix, before.prefix);
  if (prefix !== undefined) refuse(prefixFault(prefix));
  const multiRegion = input.IsMultiRegionTrail ?? before.multiRegion;
  const globalEvents = input.IncludeGlobalServiceEvents ?? before.globalEvents;
  if (multiRegion && !globalEvents) {
    throw new ServiceError(
      'InvalidParameterCombinationException',
      'Multi-Region trail must include global service events.',
    );
  }
  return {
    bucket,
    prefix,
    topic: topicOf(input.SnsTopicName, before.topic, trail),
    logs: await logsOf(input, before.logs, trail, ctx),
    kmsKey: await keyOf(input.KmsKeyId, before.kmsKey, trail, ctx),
    globalEvents,
    multiRegion,
    validation: input.EnableLogFileValidation ?? before.validation,
  };
}

export const newSettings: Settings = {
  bucket: '',
  prefix: undefined,
  topic: undefined,
  logs: undefined,
  kmsKey: undefined,
  globalEvents: true,
  multiRegion: false,
  validation: false,
};

function changed<T>(given: T | '' | undefined, before: T | undefined): T | undefined {
  if (given === undefined) return before;
  return given === '' ? undefined : given;
}

function topicOf(
  given: string | undefined,
  before: Settings['topic'],
  { account, region }: Pick<Destinations, 'account' | 'region'>,
): Settings['topic'] {
  if (given === undefined) return before;
  if (given === '') return undefined;
  const [, place, name] = /^arn:aws:sns:([a-z0-9-]+:\d{12}):([\w-]{1,256}(?:\.fifo)?)$/.exec(given) ?? [];
  if (place !== undefined && name !== undefined) return { name: given, arn: given };
  if (!/^[\w-]{1,256}$/.test(given)) {
    throw new ServiceError('InvalidSnsTopicNameException', `SNS topic \`${given}\`: expected a name or an ARN.`);
  }
  return { name: given, arn: `arn:aws:sns:${region}:${account}:${given}` };
}

async function logsOf(
  { CloudWatchLogsLogGroupArn, CloudWatchLogsRoleArn }: TrailInput,
  before: Settings['logs'],
  { account, region, arn }: Pick<Destinations, 'account' | 'region' | 'arn'>,
  ctx: Context,
): Promise<Settings['logs']> {
  const group = changed(CloudWatchLogsLogGroupArn, before?.group);
  const role = changed(CloudWatchLogsRoleArn, before?.role);
  if (group === undefined && role === undefined) return undefined;
  if (group === undefined || !/^arn:aws:logs:[a-z0-9-]+:\d{12}:log-group:[\w./#-]{1,512}:\*$/.test(group)) {
    throw new ServiceError(
      'InvalidCloudWatchLogsLogGroupArnException',
      'CloudTrail cannot validate the specified log group ARN',
    );
  }
  const place = placeOf(group);
  if (place.account !== account || place.region !== region) {
    throw new ServiceError(
      'InvalidCloudWatchLogsLogGroupArnException',
      `The log group must be of the account and the home Region of the trail: \`${account}\`, \`${region}\`.`,
    );
  }
  if (role === undefined || !new RegExp(`^arn:aws:iam::${account}:role/.+$`).test(role)) {
    throw new ServiceError(
      'InvalidCloudWatchLogsRoleArnException',
      'CloudTrail cannot validate the specified CloudWatch Logs role ARN',
    );
  }
  if (CloudWatchLogsRoleArn !== undefined && CloudWatchLogsRoleArn !== '') {
    await ctx.authorise(
      'iam:PassRole',
      { arn: role },
      {
        'iam:PassedToService': 'cloudtrail.amazonaws.com',
        'iam:AssociatedResourceArn': arn,
      },
    );
  }
  return { group, role };
}

/** The ARN of the key that a request names; CloudTrail must be able to use it. */
async function keyOf(
  given: string | undefined,
  before: string | undefined,
  trail: Pick<Destinations, 'account' | 'region' | 'arn'>,
  ctx: Context,
): Promise<string | undefined> {
  if (given === undefined) return before;
  if (given === '') return undefined;
  if (!/^(?:arn:aws:kms:[a-z0-9-]+:\d{12}:(?:key|alias)\/.+|alias\/.+|[0-9a-z-]{36})$/.test(given)) {
    throw new ServiceError('InvalidKmsKeyIdException', `KMS key \`${given}\`: expected an id, an alias or an ARN.`);
  }
  const source = { arn: trail.arn, account: trail.account };
  try {
    const { KeyMetadata } = await ctx.call('kms', 'DescribeKey', { KeyId: given }, { as: 'service', source });
    if (KeyMetadata?.Enabled !== true || KeyMetadata.Arn === undefined) {
      throw new ServiceError('KmsKeyDisabledException', `KMS key ${given} is not enabled.`);
    }
    return KeyMetadata.Arn;
  } catch (error) {
    if (!(error instanceof ServiceError) || error.code === 'KmsKeyDisabledException') throw error;
    if (error.code === 'NotFoundException')
      throw new ServiceError('KmsKeyNotFoundException', `KMS key ${given} was not found.`);
    throw new ServiceError(
      'InsufficientEncryptionPolicyException',
      `Insufficient permissions to access the KMS key ${given}.`,
    );
  }
}
