import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { type Ringwall, startRingwall } from '../../../test/harness/start.ts';

/** A server with clients of CloudWatch Logs. */
export type TestLogs = {
  readonly ringwall: Ringwall;
  /** As the root user. */
  readonly logs: CloudWatchLogs;
  /** A client of a new user with these statements. */
  user(name: string, ...statements: readonly object[]): Promise<CloudWatchLogs>;
  /** Milliseconds, by the server's clock. */
  now(): number;
  /** Makes a group with a stream. */
  stream(group: string, name?: string): Promise<void>;
  /** Puts messages into a stream, `at` and the milliseconds after it. */
  put(group: string, messages: readonly string[], at?: number, stream?: string): Promise<void>;
  arn(group: string): string;
};

export async function openTestLogs(flags: Parameters<typeof startRingwall>[0] = {}): Promise<TestLogs> {
  const ringwall = await startRingwall(flags);
  const logs = new CloudWatchLogs({ ...ringwall.client, disableHostPrefix: true });
  const now = () => ringwall.installation.clock.now();
  return {
    ringwall,
    logs,
    now,
    user: async (UserName, ...Statement) => {
      const { IAM } = await import('@aws-sdk/client-iam');
      const iam = new IAM(ringwall.client);
      await iam.createUser({ UserName });
      if (Statement.length > 0) {
        const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
        await iam.putUserPolicy({ UserName, PolicyName: 'may', PolicyDocument });
      }
      const { AccessKey } = await iam.createAccessKey({ UserName });
      const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '' } = AccessKey ?? {};
      return new CloudWatchLogs({ ...ringwall.as({ accessKeyId, secretAccessKey }), disableHostPrefix: true });
    },
    stream: async (logGroupName, logStreamName = 's') => {
      await logs.createLogGroup({ logGroupName });
      await logs.createLogStream({ logGroupName, logStreamName });
    },
    put: async (logGroupName, messages, at = now(), logStreamName = 's') => {
      const logEvents = messages.map((message, index) => ({ timestamp: at + index, message }));
      await logs.putLogEvents({ logGroupName, logStreamName, logEvents });
    },
    arn: (group) => `arn:aws:logs:us-east-1:${ringwall.account}:log-group:${group}`,
  };
}
