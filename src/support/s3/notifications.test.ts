import { strict as assert } from 'node:assert';
import { after, before, test } from 'node:test';
import { SQS } from '@aws-sdk/client-sqs';
import { openTestS3, refused, type TestS3 } from './client-for-tests.ts';

let at: TestS3;
before(async () => {
  at = await openTestS3();
});
after(() => at.ringwall.stop());

test('a queue that lets the bucket send gets the test event, then what happens', async () => {
  const Bucket = await at.bucket();
  const sqs = new SQS(at.ringwall.client);
  const { QueueUrl } = await sqs.createQueue({ QueueName: 'events' });
  const QueueArn = `arn:aws:sqs:us-east-1:${at.ringwall.account}:events`;
  const configure = () =>
    at.s3.putBucketNotificationConfiguration({
      Bucket,
      NotificationConfiguration: {
        QueueConfigurations: [
          {
            QueueArn,
            Events: ['s3:ObjectCreated:*'],
            Filter: { Key: { FilterRules: [{ Name: 'prefix', Value: 'in/' }] } },
          },
        ],
      },
    });
  await refused(configure(), 'InvalidArgument', /Unable to validate/);
  const statement = {
    Effect: 'Allow',
    Principal: { Service: 's3.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: QueueArn,
    Condition: {
      ArnEquals: { 'aws:SourceArn': `arn:aws:s3:::${Bucket}` },
      StringEquals: { 'aws:SourceAccount': at.ringwall.account },
    },
  };
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  await sqs.setQueueAttributes({ QueueUrl, Attributes: { Policy } });
  await configure();
  const { VersionId: _, ETag } = await at.s3.putObject({ Bucket, Key: 'in/a b', Body: 'x' });
  await at.s3.putObject({ Bucket, Key: 'out/c', Body: 'x' });
  await at.ringwall.settled();
  const { Messages = [] } = await sqs.receiveMessage({ QueueUrl, MaxNumberOfMessages: 10 });
  const bodies = Messages.map(({ Body }) => JSON.parse(Body ?? '{}'));
  assert.equal(bodies.length, 2);
  assert.equal(bodies.find((body) => body.Event !== undefined)?.Event, 's3:TestEvent');
  const [record] = bodies.find((body) => body.Records !== undefined)?.Records ?? [];
  assert.equal(record.eventName, 'ObjectCreated:Put');
  assert.deepEqual(
    [record.s3.bucket.arn, record.s3.object.key, record.s3.object.size, `"${record.s3.object.eTag}"`],
    [`arn:aws:s3:::${Bucket}`, 'in/a+b', 1, ETag],
  );
});
