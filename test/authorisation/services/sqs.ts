import type { ServiceCases } from '../services.ts';

const tags = { team: 'blue' };

/** SQS. */
export const sqs: ServiceCases = {
  service: 'sqs',
  refusal: '400 AccessDenied',
  stock: async (root, ringwall) => {
    const { account, endpoint } = ringwall;
    const send = (operation: string, input: object) => root.send('sqs', operation, input);
    const url = (name: string) => `${endpoint}/${account}/${name}`;
    const arn = (name: string) => `arn:aws:sqs:us-east-1:${account}:${name}`;
    const RedrivePolicy = (dead: string) => JSON.stringify({ deadLetterTargetArn: arn(dead), maxReceiveCount: 1 });
    for (const QueueName of ['dead', 'moved', 'spare', 'purged']) await send('CreateQueue', { QueueName, tags });
    await send('CreateQueue', { QueueName: 'queue', tags, Attributes: { RedrivePolicy: RedrivePolicy('dead') } });
    await send('CreateQueue', { QueueName: 'other', tags, Attributes: { RedrivePolicy: RedrivePolicy('moved') } });
    const receipts: string[] = [];
    for (const MessageBody of ['a', 'b', 'c', 'd']) {
      await send('SendMessage', { QueueUrl: url('queue'), MessageBody });
      const answer = await send('ReceiveMessage', { QueueUrl: url('queue'), VisibilityTimeout: 3_600 });
      const [message] = answer['Messages'] as readonly { readonly ReceiptHandle: string }[];
      receipts.push(message?.ReceiptHandle ?? '');
    }
    const permission = { AWSAccountIds: [account], Actions: ['SendMessage'] };
    await send('AddPermission', { QueueUrl: url('queue'), Label: 'old', ...permission });
    const [first, second, third, fourth] = receipts;
    const task = { SourceArn: arn('moved'), DestinationArn: arn('other'), MaxNumberOfMessagesPerSecond: 1 };
    const { TaskHandle } = await send('StartMessageMoveTask', task);
    await ringwall.settled();
    return {
      byMember: { QueueUrl: url('queue'), QueueName: 'queue', SourceArn: arn('moved'), Tags: tags, TagKeys: ['team'] },
      byOperation: {
        AddPermission: { Label: 'new', ...permission },
        CancelMessageMoveTask: { TaskHandle },
        ChangeMessageVisibility: { ReceiptHandle: first, VisibilityTimeout: 60 },
        ChangeMessageVisibilityBatch: { Entries: [{ Id: '1', ReceiptHandle: second, VisibilityTimeout: 60 }] },
        CreateQueue: { QueueName: 'new', tags, Attributes: undefined },
        DeleteMessage: { ReceiptHandle: third },
        DeleteMessageBatch: { Entries: [{ Id: '1', ReceiptHandle: fourth }] },
        DeleteQueue: { QueueUrl: url('spare') },
        GetQueueUrl: { QueueOwnerAWSAccountId: undefined },
        ListDeadLetterSourceQueues: { QueueUrl: url('dead'), MaxResults: 1, NextToken: undefined },
        ListMessageMoveTasks: { MaxResults: 1 },
        ListQueues: { MaxResults: 1, NextToken: undefined },
        PurgeQueue: { QueueUrl: url('purged') },
        ReceiveMessage: {
          MaxNumberOfMessages: 1,
          VisibilityTimeout: 1,
          WaitTimeSeconds: 0,
          ReceiveRequestAttemptId: undefined,
        },
        RemovePermission: { Label: 'old' },
        SendMessage: { MessageBody: 'x' },
        SendMessageBatch: { Entries: [{ Id: '1', MessageBody: 'x' }] },
        SetQueueAttributes: { Attributes: { VisibilityTimeout: '31' } },
        StartMessageMoveTask: { SourceArn: arn('dead'), DestinationArn: arn('other'), MaxNumberOfMessagesPerSecond: 1 },
      },
    };
  },
  exceptions: {
    refused: [
      {
        of: 'sqs:CancelMessageMoveTask',
        what: 'InvalidParameterValue',
        reason: 'the task here has ended: its own tests cancel one under way',
      },
    ],
    absentKeys: [{ of: 'sqs:CreateQueue', what: 'aws:ResourceTag/*', reason: 'what is being made has no tags yet' }],
  },
};
