import { strict as assert } from 'node:assert';
import { after, before, test } from 'node:test';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { IAM } from '@aws-sdk/client-iam';
import type { Service } from '#runtime/service.ts';
import { ServiceError } from '#wire/service-error.ts';
import { openStage, type Stage } from './stage-for-tests.ts';

type Invocation = { readonly FunctionName: string; readonly InvocationType: string; readonly Payload: Uint8Array };

let stage: Stage;
const invocations: Invocation[] = [];
let refusal: ServiceError | undefined;
let refused = 0;
before(async () => {
  stage = await openStage();
  const services = stage.ringwall.installation.house.services as Map<string, Service>;
  const Invoke = {
    action: 'lambda:InvokeFunction',
    resource: ({ FunctionName }: Invocation) => ({
      arn: FunctionName,
      policy: {
        kind: 'resource' as const,
        source: 'policy of the function',
        text: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Service: 'sns.amazonaws.com' },
              Action: 'lambda:InvokeFunction',
              Resource: '*',
              Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:sns:us-east-1:*:*' } },
            },
          ],
        }),
      },
    }),
    handle: async (input: Invocation) => {
      if (refusal !== undefined) {
        refused += 1;
        throw refusal;
      }
      invocations.push(input);
      return { StatusCode: 202 };
    },
  };
  const lambda = services.get('lambda') as Service;
  services.set('lambda', { ...lambda, operations: { Invoke: Invoke as never } });
});
after(() => stage.ringwall.stop());

async function subscribed(name: string, attributes: Record<string, string> = {}): Promise<string> {
  const TopicArn = await stage.topic(name, attributes);
  const Endpoint = `arn:aws:lambda:us-east-1:${stage.ringwall.account}:function:worker`;
  await stage.sns.subscribe({ TopicArn, Protocol: 'lambda', Endpoint });
  return TopicArn;
}

test('a function gets an event for each message', async () => {
  const TopicArn = await subscribed('called');
  const MessageAttributes = { a: { DataType: 'String', StringValue: 'x' } };
  const { MessageId } = await stage.sns.publish({ TopicArn, Message: 'Hello', MessageAttributes });
  await stage.ringwall.settled();
  const call = invocations.pop();
  assert.equal(call?.InvocationType, 'Event');
  const { Records } = JSON.parse(Buffer.from(call?.Payload ?? []).toString()) as {
    readonly Records: readonly { readonly Sns: Readonly<Record<string, unknown>> }[];
  };
  const { Sns, ...record } = Records[0] ?? { Sns: {} };
  assert.deepEqual(Object.keys(record), ['EventSource', 'EventVersion', 'EventSubscriptionArn']);
  assert.deepEqual(Object.keys(Sns).sort(), [
    'Message',
    'MessageAttributes',
    'MessageId',
    'Signature',
    'SignatureVersion',
    'SigningCertUrl',
    'Subject',
    'Timestamp',
    'TopicArn',
    'Type',
    'UnsubscribeUrl',
  ]);
  assert.equal(Sns['MessageId'], MessageId);
  assert.equal(Sns['Subject'], null);
  assert.deepEqual(Sns['MessageAttributes'], { a: { Type: 'String', Value: 'x' } });
});

test('a function that is throttled is called again, later and later', async () => {
  const TopicArn = await subscribed('throttled');
  refusal = new ServiceError('TooManyRequestsException', 'Rate Exceeded.');
  await stage.sns.publish({ TopicArn, Message: 'x' });
  await stage.ringwall.settled();
  assert.equal(refused, 4, 'three times more at once');
  refusal = undefined;
  assert.equal(invocations.length, 0);
  await stage.ringwall.advance(1_000);
  assert.equal(invocations.length, 1);
});

test('deliveries are logged through the roles that the topic names', async () => {
  const iam = new IAM(stage.ringwall.client);
  const { Role } = await iam.createRole({
    RoleName: 'feedback',
    AssumeRolePolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'sns.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    }),
  });
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'logs:*', Resource: '*' }],
  });
  await iam.putRolePolicy({ RoleName: 'feedback', PolicyName: 'p', PolicyDocument });
  const TopicArn = await subscribed('watched', {
    LambdaSuccessFeedbackRoleArn: Role?.Arn ?? '',
    LambdaSuccessFeedbackSampleRate: '100',
    LambdaFailureFeedbackRoleArn: Role?.Arn ?? '',
  });
  const { MessageId } = await stage.sns.publish({ TopicArn, Message: 'fine' });
  await stage.ringwall.settled();
  refusal = new ServiceError('ResourceNotFoundException', 'Function not found');
  await stage.sns.publish({ TopicArn, Message: 'lost' });
  await stage.ringwall.settled();
  refusal = undefined;
  const logs = new CloudWatchLogs(stage.ringwall.client);
  const group = `sns/us-east-1/${stage.ringwall.account}/watched`;
  const entries = async (logGroupName: string) => {
    const { events = [] } = await logs.filterLogEvents({ logGroupName });
    return events.map(({ message = '' }) => JSON.parse(message) as Readonly<Record<string, Record<string, unknown>>>);
  };
  const [success] = await entries(group);
  assert.equal(success?.['status'], 'SUCCESS');
  assert.equal(success?.['notification']?.['messageId'], MessageId);
  assert.equal(success?.['delivery']?.['statusCode'], 202);
  const [failure] = await entries(`${group}/Failure`);
  assert.equal(failure?.['status'], 'FAILURE');
});
