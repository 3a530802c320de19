import { strict as assert } from 'node:assert';
import { after, before, test } from 'node:test';
import { SQS } from '@aws-sdk/client-sqs';
import { type Ringwall, startRingwall } from '../../../test/harness/start.ts';
import { readRecordings } from '../../data/recordings-for-tests.ts';
import { createQueue } from './client-for-tests.ts';

type Call = (sqs: SQS, name: string) => Promise<unknown>;

const batch = (Id: string, count = 1) =>
  Array.from({ length: count }, (_, i) => ({
    Id: count === 1 ? Id : `${i}`,
    MessageBody: 'x',
    ReceiptHandle: 'x',
    VisibilityTimeout: 1,
  }));
const long = 'testLongId'.repeat(10);
const fifo = { FifoQueue: 'true' };
const standard = (sqs: SQS, name: string, more = {}) => createQueue(sqs, name, more);
const ordered = (sqs: SQS, name: string, more = {}) => createQueue(sqs, `${name}.fifo`, { ...fifo, ...more });

/** Calls that AWS refused: the case, the label of the answer, what was called. */
const refusals: readonly (readonly [recorded: string, label: string, call: Call])[] = [
  [
    'test_change_message_visibility_batch_with_too_large_batch[sqs]',
    'error_response',
    async (sqs, name) =>
      sqs.changeMessageVisibilityBatch({ QueueUrl: await standard(sqs, name), Entries: batch('', 20) }),
  ],
  [
    'test_delete_message_batch_with_too_large_batch[sqs]',
    'error_response',
    async (sqs, name) => sqs.deleteMessageBatch({ QueueUrl: await standard(sqs, name), Entries: batch('', 20) }),
  ],
  [
    'test_too_many_entries_in_batch_request[sqs]',
    'test_too_many_entries_in_batch_request',
    async (sqs, name) => sqs.sendMessageBatch({ QueueUrl: await standard(sqs, name), Entries: batch('', 20) }),
  ],
  [
    'test_invalid_batch_id[sqs]',
    'test_invalid_batch_id',
    async (sqs, name) => sqs.sendMessageBatch({ QueueUrl: await standard(sqs, name), Entries: batch('message:1') }),
  ],
  [
    `test_delete_message_batch_invalid_msg_id[sqs-${long}]`,
    'error_response',
    async (sqs, name) => sqs.deleteMessageBatch({ QueueUrl: await standard(sqs, name), Entries: batch(long) }),
  ],
  [
    'test_create_queue_with_different_attributes_raises_exception[sqs]',
    'create_queue_01',
    async (sqs, name) => {
      await standard(sqs, name, { DelaySeconds: '1' });
      return standard(sqs, name, { DelaySeconds: '2' });
    },
  ],
  [
    'test_create_fifo_queue_with_different_attributes_raises_error[sqs]',
    'queue-already-exists',
    async (sqs, name) => {
      await ordered(sqs, name, { ContentBasedDeduplication: 'true' });
      return ordered(sqs, name, { ContentBasedDeduplication: 'false' });
    },
  ],
  [
    'test_create_standard_queue_with_fifo_attribute_raises_error[sqs]',
    'invalid-attribute-fifo-queue',
    (sqs, name) => standard(sqs, name, { FifoQueue: 'false' }),
  ],
  [
    'test_create_standard_queue_with_fifo_attribute_raises_error[sqs]',
    'invalid-attribute-deduplication-scope',
    (sqs, name) => standard(sqs, name, { DeduplicationScope: 'queue' }),
  ],
  [
    'test_create_standard_queue_with_fifo_attribute_raises_error[sqs]',
    'invalid-attribute-throughput-limit',
    (sqs, name) => standard(sqs, name, { FifoThroughputLimit: 'perQueue' }),
  ],
  [
    'test_create_standard_queue_with_fifo_attribute_raises_error[sqs]',
    'invalid-attribute-content-based-deduplication',
    (sqs, name) => standard(sqs, name, { ContentBasedDeduplication: 'true' }),
  ],
  [
    'test_set_unsupported_attribute_standard[sqs]',
    'invalid-attr-name-1',
    async (sqs, name) =>
      sqs.setQueueAttributes({ QueueUrl: await standard(sqs, name), Attributes: { FifoQueue: 'true' } }),
  ],
  [
    'test_set_unsupported_attribute_fifo[sqs]',
    'invalid-attr-name-2',
    async (sqs, name) =>
      sqs.setQueueAttributes({ QueueUrl: await ordered(sqs, name), Attributes: { FifoQueue: 'false' } }),
  ],
  [
    'test_fifo_queue_send_message_with_delay_seconds_fails[sqs]',
    'send_message',
    async (sqs, name) =>
      sqs.sendMessage({
        QueueUrl: await ordered(sqs, name, { ContentBasedDeduplication: 'true' }),
        MessageBody: 'x',
        MessageGroupId: '1',
        DelaySeconds: 2,
      }),
  ],
  [
    'test_message_deduplication_id_invalid[spaces]',
    'error-response',
    async (sqs, name) =>
      sqs.sendMessage({
        QueueUrl: await ordered(sqs, name),
        MessageBody: 'x',
        MessageGroupId: '1',
        MessageDeduplicationId: 'group 123',
      }),
  ],
  [
    'test_send_message_to_standard_queue_with_invalid_message_group_id[empty]',
    'error-response',
    async (sqs, name) => sqs.sendMessage({ QueueUrl: await standard(sqs, name), MessageBody: 'x', MessageGroupId: '' }),
  ],
  [
    'test_posting_to_fifo_requires_deduplicationid_group_id[sqs]',
    'invalid-parameter-value',
    async (sqs, name) => sqs.sendMessage({ QueueUrl: await ordered(sqs, name), MessageBody: 'x', MessageGroupId: '1' }),
  ],
  [
    'test_posting_to_fifo_requires_deduplicationid_group_id[sqs]',
    'missing-parameter',
    async (sqs, name) =>
      sqs.sendMessage({ QueueUrl: await ordered(sqs, name), MessageBody: 'x', MessageDeduplicationId: '1' }),
  ],
  [
    'test_send_batch_missing_deduplication_id_for_fifo_queue[sqs]',
    'test_missing_deduplication_id_for_fifo_queue',
    async (sqs, name) =>
      sqs.sendMessageBatch({
        QueueUrl: await ordered(sqs, name),
        Entries: [{ Id: '1', MessageBody: 'x', MessageGroupId: '1' }],
      }),
  ],
  [
    'test_send_batch_missing_message_group_id_for_fifo_queue[sqs]',
    'test_missing_message_group_id_for_fifo_queue',
    async (sqs, name) =>
      sqs.sendMessageBatch({
        QueueUrl: await ordered(sqs, name),
        Entries: [{ Id: '1', MessageBody: 'x', MessageDeduplicationId: '1' }],
      }),
  ],
  [
    'test_send_empty_message[sqs]',
    'send_empty_message',
    async (sqs, name) => sqs.sendMessage({ QueueUrl: await standard(sqs, name), MessageBody: '' }),
  ],
  [
    'test_send_message_with_updated_maximum_message_size[sqs]',
    'send_oversized_message',
    async (sqs, name) =>
      sqs.sendMessage({
        QueueUrl: await standard(sqs, name, { MaximumMessageSize: '1024' }),
        MessageBody: 'a'.repeat(1_025),
      }),
  ],
  [
    'test_send_message_batch_with_oversized_contents[sqs]',
    'send_oversized_message_batch',
    async (sqs, name) =>
      sqs.sendMessageBatch({
        QueueUrl: await standard(sqs, name),
        Entries: [{ Id: '1', MessageBody: 'a'.repeat(1_048_577) }],
      }),
  ],
  [
    'test_send_receive_max_number_of_messages[sqs]',
    'send_max_number_of_messages',
    async (sqs, name) => sqs.receiveMessage({ QueueUrl: await standard(sqs, name), MaxNumberOfMessages: 11 }),
  ],
  [
    'test_send_receive_wait_time_seconds[sqs]',
    'recieve_message_error_too_large',
    async (sqs, name) => sqs.receiveMessage({ QueueUrl: await standard(sqs, name), WaitTimeSeconds: 21 }),
  ],
  [
    'test_send_message_with_empty_string_attribute[sqs]',
    'empty-string-attr',
    async (sqs, name) =>
      sqs.sendMessage({
        QueueUrl: await standard(sqs, name),
        MessageBody: 'x',
        MessageAttributes: { ErrorDetails: { DataType: 'String', StringValue: '' } },
      }),
  ],
  ['test_non_existent_queue', 'queue-does-not-exist', (sqs, name) => sqs.getQueueUrl({ QueueName: name })],
  [
    'test_destination_needs_to_exist',
    'error',
    async (sqs, name) => {
      await standard(sqs, `${name}-dead`);
      const SourceArn = `arn:aws:sqs:us-east-1:${ringwall.account}:${name}-dead`;
      await standard(sqs, name, {
        RedrivePolicy: JSON.stringify({ deadLetterTargetArn: SourceArn, maxReceiveCount: 1 }),
      });
      return sqs.startMessageMoveTask({ SourceArn, DestinationArn: `${SourceArn}-none` });
    },
  ],
  [
    'test_source_needs_redrive_policy',
    'error',
    async (sqs, name) => {
      await standard(sqs, name);
      return sqs.startMessageMoveTask({ SourceArn: `arn:aws:sqs:us-east-1:${ringwall.account}:${name}` });
    },
  ],
  ['test_cancel_with_invalid_task_handle', 'error', (sqs) => sqs.cancelMessageMoveTask({ TaskHandle: 'foobared' })],
];

/** Queues with nothing but the defaults, as AWS describes them. */
const described: readonly (readonly [string, string, Call])[] = [
  ['test_create_standard_queue_with_required_properties', 'attributes', standard],
  ['test_create_fifo_queue_with_required_properties', 'attributes', ordered],
];

let ringwall: Ringwall;
let sqs: SQS;

before(async () => {
  ringwall = await startRingwall();
  sqs = new SQS(ringwall.client);
});
after(() => ringwall.stop());

const recordings = readRecordings('sqs');
const skip = recordings === undefined ? 'the recordings are not installed' : false;

for (const [index, [recorded, label, call]] of refusals.entries())
  test(`${recorded}: ${label}`, { skip }, async () => {
    const wanted = recordings?.get(recorded)?.[label] as {
      readonly Error: { readonly Code: string; readonly Message: string };
    };
    await assert.rejects(
      call(sqs, `recorded-${index}`),
      (error: Error & { readonly $metadata?: { readonly httpStatusCode?: number } }) => {
        const { HTTPStatusCode } = (
          wanted as unknown as { readonly ResponseMetadata: { readonly HTTPStatusCode: number } }
        ).ResponseMetadata;
        assert.deepEqual([error.message, error.$metadata?.httpStatusCode], [wanted.Error.Message, HTTPStatusCode]);
        return true;
      },
    );
  });

for (const [recorded, label, call] of described)
  test(`${recorded}: ${label}`, { skip }, async () => {
    const wanted = recordings?.get(recorded)?.[label] as { readonly Attributes: Readonly<Record<string, string>> };
    const QueueUrl = String(await call(sqs, 'described'));
    const { Attributes = {} } = await sqs.getQueueAttributes({ QueueUrl, AttributeNames: ['All'] });
    const varying = (name: string) => name.endsWith('Timestamp') || name === 'QueueArn';
    assert.deepEqual(Object.keys(Attributes).sort(), Object.keys(wanted.Attributes).sort());
    for (const [name, value] of Object.entries(wanted.Attributes))
      if (!varying(name)) assert.equal((Attributes as Record<string, string>)[name], value, name);
  });
