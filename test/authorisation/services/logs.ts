import type { Sdk } from '../sdk.ts';
import type { ServiceCases } from '../services.ts';

const tagKeys = ['team'];
const tags = { team: 'blue' };

const notYet = 'what is being made has no tags yet';

/** CloudWatch Logs. */
export const logs: ServiceCases = {
  service: 'logs',
  refusal: '400 AccessDeniedException',
  stock: async (root: Sdk, ringwall) => {
    const { account } = ringwall;
    const send = (operation: string, input: object) => root.send('logs', operation, input);
    const logGroupName = 'app';
    const arn = (name: string) => `arn:aws:logs:us-east-1:${account}:${name}`;
    const timestamp = ringwall.installation.clock.now();
    for (const name of ['app', 'spare']) await send('CreateLogGroup', { logGroupName: name, tags });
    for (const logStreamName of ['web', 'old']) await send('CreateLogStream', { logGroupName, logStreamName });
    const logEvents = [{ timestamp, message: 'hello' }];
    await send('PutLogEvents', { logGroupName, logStreamName: 'web', logEvents });
    const metricTransformations = [{ metricName: 'm', metricNamespace: 'n', metricValue: '1' }];
    await send('PutMetricFilter', { logGroupName, filterName: 'f', filterPattern: 'x', metricTransformations });
    const Service = 'logs.amazonaws.com';
    const policy = (Action: string | readonly string[], more: object = {}) =>
      JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service }, Action, ...more }],
      });
    const role = (await root.send('iam', 'CreateRole', {
      RoleName: 'logs-deliverer',
      AssumeRolePolicyDocument: policy('sts:AssumeRole'),
    })) as { readonly Role: { readonly Arn: string } };
    const roleArn = role.Role.Arn;
    const targetArn = `arn:aws:kinesis:us-east-1:${account}:stream/s`;
    await send('PutDestination', { destinationName: 'd', targetArn, roleArn, tags });
    await send('PutResourcePolicy', {
      policyName: 'p',
      policyDocument: policy('logs:PutLogEvents', { Resource: '*' }),
    });
    const group = { logGroupName, logGroupIdentifier: undefined };
    const identified = { logGroupName: undefined, logGroupIdentifier: arn('log-group:app') };
    return {
      byMember: {
        filterName: 'f',
        filterPattern: 'x',
        logGroupName,
        logStreamName: 'web',
        policyDocument: policy('logs:PutLogEvents', { Resource: '*' }),
        policyName: 'p',
        resourceArn: arn('log-group:app'),
        tagKeys,
        tags,
      },
      byOperation: {
        AssociateKmsKey: { kmsKeyId: 'no-key' },
        CancelExportTask: { taskId: 'none' },
        CreateExportTask: { from: timestamp, to: timestamp - 1, destination: 'bucket' },
        CreateLogGroup: { logGroupName: 'new', tags },
        CreateLogStream: { logStreamName: 'new' },
        DeleteAccountPolicy: { policyType: 'SUBSCRIPTION_FILTER_POLICY', policyName: 'none' },
        DeleteDestination: { destinationName: 'd' },
        DeleteLogGroup: { logGroupName: 'spare' },
        DeleteLogStream: { logStreamName: 'old' },
        DeleteResourcePolicy: { resourceArn: undefined },
        DeleteSubscriptionFilter: { filterName: 'none' },
        DescribeLogStreams: identified,
        DescribeResourcePolicies: { resourceArn: undefined },
        FilterLogEvents: identified,
        GetLogEvents: group,
        PutAccountPolicy: { policyType: 'DATA_PROTECTION_POLICY', policyDocument: '{}' },
        PutDestination: { destinationName: 'd', targetArn, roleArn, tags },
        PutDestinationPolicy: {
          destinationName: 'd',
          accessPolicy: policy('logs:PutSubscriptionFilter', { Resource: arn('destination:d') }),
        },
        PutLogEvents: { logEvents },
        PutLogGroupDeletionProtection: { logGroupIdentifier: arn('log-group:app') },
        PutMetricFilter: { metricTransformations },
        PutResourcePolicy: { resourceArn: undefined },
        PutRetentionPolicy: { retentionInDays: 7 },
        PutSubscriptionFilter: { destinationArn: arn('destination:d') },
        StartLiveTail: { logGroupIdentifiers: [arn('log-group:app')] },
        TestMetricFilter: { logEventMessages: ['x'] },
        UntagLogGroup: { tags: tagKeys },
      },
    };
  },
  exceptions: {
    refused: [
      {
        of: 'logs:AssociateKmsKey',
        what: 'InvalidParameterException',
        reason: 'the service asks KMS for itself: a test of its own shows it',
      },
      {
        of: 'logs:CancelExportTask',
        what: 'ResourceNotFoundException',
        reason: 'a task runs too short a time to cancel',
      },
      {
        of: 'logs:CreateExportTask',
        what: 'InvalidParameterException',
        reason: 'more is asked of the bucket: a test of its own shows it',
      },
      {
        of: 'logs:DeleteAccountPolicy',
        what: 'ResourceNotFoundException',
        reason: 'there is no function to subscribe',
      },
      {
        of: 'logs:DeleteSubscriptionFilter',
        what: 'ResourceNotFoundException',
        reason: 'there is no function to subscribe',
      },
      { of: 'logs:PutAccountPolicy', what: 'InvalidParameterException', reason: 'there is no function to subscribe' },
      {
        of: 'logs:PutSubscriptionFilter',
        what: 'InvalidParameterException',
        reason: 'there is no function to subscribe',
      },
    ],
    absentKeys: [
      {
        of: 'logs:DeleteAccountPolicy > logs:DeleteSubscriptionFilter',
        what: 'aws:ResourceTag/*',
        reason: 'it is asked on all log groups at once',
      },
      ...['aws:ResourceTag/*', 'iam:ResourceTag/*'].map((what) => ({
        of: 'logs:PutDestination > iam:PassRole',
        what,
        reason: 'the role has no tags',
      })),

      ...['logs:CreateLogGroup', 'logs:CreateLogGroup > logs:TagResource'].map((of) => ({
        of,
        what: 'aws:ResourceTag/*',
        reason: notYet,
      })),
    ],
  },
};
