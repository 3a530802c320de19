import { strict as assert } from 'node:assert';
import { after, before, describe, test } from 'node:test';
import { EventBridge } from '@aws-sdk/client-eventbridge';
import { type Message, SQS } from '@aws-sdk/client-sqs';
import { openTestLambda, refused, type TestLambda, trusting } from './client-for-tests.ts';

const allow = (Action: string | readonly string[]) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] });

describe('functions and queues', () => {
  let on: TestLambda;
  let sqs: SQS;
  before(async () => {
    on = await openTestLambda();
    sqs = new SQS(on.ringwall.client);
    const PolicyDocument = allow(['sqs:*', 'events:PutEvents', 'lambda:InvokeFunction']);
    await on.iam.putRolePolicy({ RoleName: 'function', PolicyName: 'queues', PolicyDocument });
  });
  after(async () => {
    sqs.destroy();
    await on.stop();
  });

  const queue = async (QueueName: string, Attributes: Record<string, string> = {}) => {
    const { QueueUrl = '' } = await sqs.createQueue({ QueueName, Attributes });
    return { url: QueueUrl, arn: `arn:aws:sqs:us-east-1:${on.ringwall.account}:${QueueName}` };
  };
  const receive = async (QueueUrl: string, WaitTimeSeconds = 10): Promise<Message> => {
    const { Messages = [] } = await sqs.receiveMessage({ QueueUrl, WaitTimeSeconds, MessageAttributeNames: ['All'] });
    const [message] = Messages;
    assert.ok(message !== undefined, 'a message');
    await sqs.deleteMessage({ QueueUrl, ReceiptHandle: message.ReceiptHandle });
    return message;
  };
  const body = (message: Message) => JSON.parse(message.Body ?? '');

  describe('events in the background', () => {
    const code = 'export const handler = async (e) => { if (e.fail) throw new Error("no"); return { got: e }; };';
    const event = (FunctionName: string, payload: object, more: object = {}) =>
      on.lambda.invoke({ FunctionName, InvocationType: 'Event', Payload: JSON.stringify(payload), ...more });

    test('a success goes to its destination, in AWS’s form', async () => {
      const { url, arn } = await queue('successes');
      await on.make('background', code);
      const DestinationConfig = { OnSuccess: { Destination: arn } };
      await on.lambda.putFunctionEventInvokeConfig({ FunctionName: 'background', DestinationConfig });
      const { StatusCode, $metadata } = await event('background', { a: 1 });
      assert.equal(StatusCode, 202);
      const { timestamp, requestContext, ...rest } = body(await receive(url));
      assert.match(timestamp, /^\d{4}-.*Z$/);
      assert.deepEqual(requestContext, {
        requestId: $metadata.requestId,
        functionArn: `${on.arn('background')}:$LATEST`,
        condition: 'Success',
        approximateInvokeCount: 1,
      });
      assert.deepEqual(rest, {
        version: '1.0',
        requestPayload: { a: 1 },
        responseContext: { statusCode: 200, executedVersion: '$LATEST' },
        responsePayload: { got: { a: 1 } },
      });
    });

    test('a failure is tried again after one and two minutes, and goes to destination and dead-letter queue', async () => {
      const failures = await queue('failures');
      const dead = await queue('dead');
      await on.make('failing', code, { DeadLetterConfig: { TargetArn: dead.arn } });
      const DestinationConfig = { OnFailure: { Destination: failures.arn } };
      await on.lambda.putFunctionEventInvokeConfig({ FunctionName: 'failing', DestinationConfig });
      await event('failing', { fail: true });
      await on.ringwall.settled();
      await on.ringwall.advance(60_000);
      await on.ringwall.advance(119_000);
      const { Messages } = await sqs.receiveMessage({ QueueUrl: failures.url });
      assert.equal(Messages, undefined, 'the third attempt is not due yet');
      await on.ringwall.advance(2_000);
      const { requestContext, responsePayload, responseContext } = body(await receive(failures.url));
      assert.deepEqual([requestContext.condition, requestContext.approximateInvokeCount], ['RetriesExhausted', 3]);
      assert.equal(responsePayload.errorMessage, 'no');
      assert.deepEqual(responseContext, { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' });
      const letter = await receive(dead.url);
      assert.deepEqual(body(letter), { fail: true });
      assert.deepEqual(letter.MessageAttributes?.ErrorMessage?.StringValue, 'no');
      assert.deepEqual(letter.MessageAttributes?.ErrorCode, { DataType: 'Number', StringValue: '200' });
      assert.equal(letter.MessageAttributes?.RequestID?.StringValue, requestContext.requestId);
    });

    test('an event that would be too old for its retry ends', async () => {
      const { url, arn } = await queue('old');
      await on.make('aging', code);
      const DestinationConfig = { OnFailure: { Destination: arn } };
      await on.lambda.putFunctionEventInvokeConfig({
        FunctionName: 'aging',
        DestinationConfig,
        MaximumEventAgeInSeconds: 60,
      });
      await event('aging', { fail: true });
      const { requestContext } = body(await receive(url));
      assert.deepEqual([requestContext.condition, requestContext.approximateInvokeCount], ['EventAgeExceeded', 1]);
    });

    test('a function with nothing reserved gets nothing', async () => {
      const { url, arn } = await queue('zero');
      await on.make('zero', code);
      const DestinationConfig = { OnFailure: { Destination: arn } };
      await on.lambda.putFunctionEventInvokeConfig({ FunctionName: 'zero', DestinationConfig });
      await on.lambda.putFunctionConcurrency({ FunctionName: 'zero', ReservedConcurrentExecutions: 0 });
      await event('zero', { a: 1 });
      const { requestContext, ...rest } = body(await receive(url));
      assert.deepEqual(
        [requestContext.condition, requestContext.approximateInvokeCount],
        ['ZeroReservedConcurrency', 0],
      );
      assert.deepEqual(Object.keys(rest).sort(), ['requestPayload', 'timestamp', 'version']);
    });

    test('buses and functions are destinations too', async () => {
      const { url, arn } = await queue('from-bus');
      const events = new EventBridge(on.ringwall.client);
      const { EventBusArn = '' } = await events.createEventBus({ Name: 'results' });
      const EventPattern = JSON.stringify({ source: ['lambda'] });
      await events.putRule({ Name: 'all', EventBusName: 'results', EventPattern });
      await events.putTargets({ Rule: 'all', EventBusName: 'results', Targets: [{ Id: '1', Arn: arn }] });
      const Statement = [
        { Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: arn },
      ];
      await sqs.setQueueAttributes({
        QueueUrl: url,
        Attributes: { Policy: JSON.stringify({ Version: '2012-10-17', Statement }) },
      });
      await on.make('to-bus', code);
      await on.make('to-function', code);
      await on.lambda.putFunctionEventInvokeConfig({
        FunctionName: 'to-bus',
        DestinationConfig: { OnSuccess: { Destination: EventBusArn } },
      });
      await on.lambda.putFunctionEventInvokeConfig({
        FunctionName: 'to-function',
        DestinationConfig: { OnSuccess: { Destination: on.arn('to-bus') } },
      });
      await event('to-function', { a: 1 });
      const sent = body(await receive(url));
      assert.equal(sent['detail-type'], 'Lambda Function Invocation Result - Success');
      assert.deepEqual(sent.resources, [EventBusArn, `${on.arn('to-bus')}:$LATEST`]);
      assert.equal(sent.detail.responsePayload.got.requestContext.functionArn, `${on.arn('to-function')}:$LATEST`);
      events.destroy();
    });

    test('large events are refused', async () => {
      await refused(
        event('background', { a: 'x'.repeat(1_048_576) }),
        'RequestTooLargeException',
        /^Request must be smaller than 1048576 bytes/,
      );
    });
  });

  const SDK = new URL('../../../node_modules/@aws-sdk/client-sqs', import.meta.url).pathname;
  // A function has a /tmp of its own.
  const unseen = SDK.startsWith('/tmp/') ? 'the SDK lies below /tmp, which a function does not see' : false;
  type SentRecord = { readonly body: string; readonly attributes: Readonly<Record<string, string>> };
  describe('event source mappings', { skip: unseen }, () => {
    const collector = `const { SQS } = require(process.env.SDK);
      exports.handler = async (event) => {
        await new SQS().sendMessage({ QueueUrl: process.env.TO, MessageBody: JSON.stringify(event) });
        const failed = event.Records.filter((r) => r.body.includes('bad'));
        if (failed.length > 0 && process.env.REPORTS) return { batchItemFailures: failed.map((r) => ({ itemIdentifier: r.messageId })) };
        if (failed.length > 0) throw new Error('bad');
      };`;
    const collect = (name: string, to: string, more: Record<string, string> = {}) =>
      on.make(name, [{ path: 'index.js', content: collector }], {
        Timeout: 10,
        MemorySize: 512,
        Environment: { Variables: { SDK, TO: to, ...more } },
      });

    test('messages reach the function in AWS’s form, and are deleted', async () => {
      const from = await queue('orders');
      const to = await queue('collected');
      await collect('collector', to.url);
      const made = await on.lambda.createEventSourceMapping({ FunctionName: 'collector', EventSourceArn: from.arn });
      assert.equal(made.State, 'Creating');
      assert.equal(made.BatchSize, 10);
      const MessageAttributes = { Title: { DataType: 'String', StringValue: 'x' } };
      const { MessageId } = await sqs.sendMessage({ QueueUrl: from.url, MessageBody: 'hello', MessageAttributes });
      const [record] = body(await receive(to.url, 20)).Records;
      const { receiptHandle, md5OfBody, md5OfMessageAttributes, attributes, ...rest } = record;
      assert.deepEqual(rest, {
        messageId: MessageId,
        body: 'hello',
        messageAttributes: {
          Title: { stringValue: 'x', stringListValues: [], binaryListValues: [], dataType: 'String' },
        },
        eventSource: 'aws:sqs',
        eventSourceARN: from.arn,
        awsRegion: 'us-east-1',
      });
      assert.equal(attributes.ApproximateReceiveCount, '1');
      assert.ok(receiptHandle !== '' && md5OfBody !== '' && md5OfMessageAttributes !== '');
      await refused(
        on.lambda.createEventSourceMapping({ FunctionName: 'collector', EventSourceArn: from.arn }),
        'ResourceConflictException',
        /already exists\. Please update or delete the existing mapping with UUID/,
      );
      const { State } = await on.lambda.getEventSourceMapping({ UUID: made.UUID });
      assert.equal(State, 'Enabled');
      assert.equal((await on.lambda.deleteEventSourceMapping({ UUID: made.UUID })).State, 'Deleting');
      await refused(
        on.lambda.getEventSourceMapping({ UUID: made.UUID }),
        'ResourceNotFoundException',
        'The resource you requested does not exist.',
      );
    });

    test('filters decide what the function sees; what it reports comes back', async () => {
      const from = await queue('filtered', { VisibilityTimeout: '30' });
      const to = await queue('filter-collected');
      await collect('filtering', to.url, { REPORTS: '1' });
      const Pattern = JSON.stringify({ body: { kind: [{ prefix: 'a' }] } });
      const { UUID } = await on.lambda.createEventSourceMapping({
        FunctionName: 'filtering',
        EventSourceArn: from.arn,
        FilterCriteria: { Filters: [{ Pattern }] },
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        Enabled: false,
      });
      const bodies = ['{"kind":"a1"}', '{"kind":"b"}', 'no JSON', '{"kind":"a-bad"}'];
      await sqs.sendMessageBatch({
        QueueUrl: from.url,
        Entries: bodies.map((MessageBody, i) => ({ Id: String(i), MessageBody })),
      });
      await on.lambda.updateEventSourceMapping({ UUID, Enabled: true });
      const seen = new Set<string>();
      while (seen.size < 2) for (const { body: text } of body(await receive(to.url, 20)).Records) seen.add(text);
      assert.deepEqual([...seen].sort(), ['{"kind":"a-bad"}', '{"kind":"a1"}']);
      // What the function did is seen before its answer is: all but the failed one must be deleted before their time is over.
      const left = async () => {
        const { Attributes = {} } = await sqs.getQueueAttributes({ QueueUrl: from.url, AttributeNames: ['All'] });
        return (
          Number(Attributes['ApproximateNumberOfMessages']) +
          Number(Attributes['ApproximateNumberOfMessagesNotVisible'])
        );
      };
      for (let tries = 0; (await left()) > 1; tries += 1) assert.ok(tries < 2_000, 'what is done is deleted');
      await on.ringwall.advance(31_000);
      // At least once: what was sent twice the first time may come before it.
      for (let tries = 1; ; tries += 1) {
        const again = body(await receive(to.url, 20)).Records as readonly SentRecord[];
        const cameBack = again.filter(({ attributes }) => attributes['ApproximateReceiveCount'] === '2');
        assert.ok(
          cameBack.every(({ body: text }) => text === '{"kind":"a-bad"}'),
          'what succeeded came back',
        );
        if (cameBack.length > 0) break;
        assert.ok(tries < 4, 'it comes back');
      }
      await on.lambda.deleteEventSourceMapping({ UUID });
    });

    test('what is wrong with a mapping', async () => {
      const from = await queue('wrong');
      await on.make('target', 'export const handler = async () => 1;');
      const create = (more: object) =>
        on.lambda.createEventSourceMapping({ FunctionName: 'target', EventSourceArn: from.arn, ...more });
      const wrong = 'InvalidParameterValueException';
      await refused(create({ FunctionName: 'none' }), wrong, 'Function does not exist');
      await refused(create({ EventSourceArn: undefined }), wrong, 'Unrecognized event source.');
      await refused(
        create({ EventSourceArn: `${from.arn}-none` }),
        wrong,
        /^Error occurred while ReceiveMessage\. SQS Error Code: AWS\.SimpleQueueService\.NonExistentQueue\./,
      );
      await refused(
        create({ FilterCriteria: { Filters: [{ Pattern: 'simple string' }] } }),
        wrong,
        'Invalid filter pattern definition.',
      );
      await refused(create({ BatchSize: 11 }), wrong, /^Maximum batch window in seconds must be greater than 0/);
      await refused(
        create({ EventSourceArn: 'arn:aws:kinesis:us-east-1:123456789012:stream/s', StartingPosition: 'LATEST' }),
        wrong,
        /does not serve event source mappings of `kinesis`/,
      );
      const quick = await queue('quick', { VisibilityTimeout: '1' });
      await refused(
        create({ EventSourceArn: quick.arn }),
        wrong,
        'Queue visibility timeout: 1 seconds is less than Function timeout: 3 seconds',
      );
      await on.iam.createRole({ RoleName: 'bare', AssumeRolePolicyDocument: trusting('lambda.amazonaws.com') });
      await on.make('bare', 'export const handler = async () => 1;', { Role: on.role.replace('function', 'bare') });
      await refused(
        create({ FunctionName: 'bare' }),
        wrong,
        'The provided execution role does not have permissions to call ReceiveMessage on SQS',
      );
    });
  });
});
