import { ServiceError } from '#wire/service-error.ts';
import { namedTopic, openTopic } from './access.ts';
import type { Operation } from './api.ts';
import { encryptionOf } from './encryption.ts';
import type { Message } from './message.ts';
import { maxBytes, readContent } from './message-content.ts';
import { topicReference } from './names.ts';
import { accept, publishMessages } from './publish.ts';

const maxEntries = 10;
const maxId = 80;

type Failed = {
  readonly Id: string;
  readonly Code: string;
  readonly Message: string;
  readonly SenderFault: boolean;
};

export const PublishBatch: Operation<'PublishBatch'> = {
  action: 'sns:Publish',
  resource: namedTopic,
  dataEvent: true,
  handle: async ({ TopicArn, PublishBatchRequestEntries: entries }, ctx) => {
    const topic = topicReference(TopicArn, ctx.region);
    const row = await openTopic(ctx, topic);
    checkIds(entries.map(({ Id }) => Id));
    const read = entries.map((given) => ({ given, ...readContent(given) }));
    if (read.reduce((sum, { size }) => sum + size, 0) > maxBytes) {
      throw new ServiceError(
        'BatchRequestTooLongException',
        'The length of all the messages put together is more than the limit.',
      );
    }
    const encrypt = await encryptionOf(ctx, topic, row);
    const messages: Message[] = [];
    const Successful: { readonly Id: string; readonly MessageId: string; readonly SequenceNumber?: string }[] = [];
    const Failed: Failed[] = [];
    for (const { given, content } of read) {
      const { id, sequence, message } = await accept(ctx, topic, row, { given, content }, encrypt);
      if (message !== undefined) messages.push(message);
      Successful.push({
        Id: given.Id,
        MessageId: id,
        ...(sequence === undefined ? {} : { SequenceNumber: sequence }),
      });
    }
    publishMessages(ctx, topic, messages);
    return { Successful, Failed };
  },
};

/** @throws ServiceError with AWS's texts (recordings) */
function checkIds(ids: readonly string[]): void {
  if (ids.length === 0) {
    throw new ServiceError('EmptyBatchRequestException', "The batch request doesn't contain any entries.");
  }
  if (ids.length > maxEntries) {
    throw new ServiceError(
      'TooManyEntriesInBatchRequestException',
      'The batch request contains more entries than permissible.',
    );
  }
  for (const id of ids) {
    if (id.length > maxId) throw invalidId(`is too long: ${id}`);
    if (!/^[\w-]+$/.test(id)) throw invalidId(`contains an impermissible character: ${id}`);
  }
  if (new Set(ids).size < ids.length) {
    throw new ServiceError(
      'BatchEntryIdsNotDistinctException',
      'Two or more batch entries in the request have the same Id.',
    );
  }
}

function invalidId(what: string): ServiceError {
  return new ServiceError('InvalidBatchEntryIdException', `The Id of a batch entry in the batch request ${what}`);
}
