import type { Operations } from '#runtime/operation.ts';
import type { Service } from '#runtime/service.ts';
import { DeleteMessage, DeleteMessageBatch } from './delete-message.ts';
import { startFeeds } from './feed.ts';
import { moveMessages } from './move-job.ts';
import { CancelMessageMoveTask, ListMessageMoveTasks, StartMessageMoveTask } from './move-tasks.ts';
import { AddPermission, RemovePermission } from './permissions.ts';
import { GetQueueAttributes, SetQueueAttributes } from './queue-attributes.ts';
import { ListQueueTags, TagQueue, UntagQueue } from './queue-tags.ts';
import { CreateQueue, DeleteQueue, GetQueueUrl, ListQueues, PurgeQueue } from './queues.ts';
import { ReceiveMessage } from './receive.ts';
import { attempts, bodies, deduplications, deletedQueues, groups, messages, moveTasks, queues } from './records.ts';
import { ListDeadLetterSourceQueues } from './redrive.ts';
import { SendMessage, SendMessageBatch } from './send.ts';
import { sweep } from './sweep.ts';
import { keepUp } from './upkeep.ts';
import { ChangeMessageVisibility, ChangeMessageVisibilityBatch } from './visibility.ts';

const operations = {
  AddPermission,
  CancelMessageMoveTask,
  ChangeMessageVisibility,
  ChangeMessageVisibilityBatch,
  CreateQueue,
  DeleteMessage,
  DeleteMessageBatch,
  DeleteQueue,
  GetQueueAttributes,
  GetQueueUrl,
  ListDeadLetterSourceQueues,
  ListMessageMoveTasks,
  ListQueueTags,
  ListQueues,
  PurgeQueue,
  ReceiveMessage,
  RemovePermission,
  SendMessage,
  SendMessageBatch,
  SetQueueAttributes,
  StartMessageMoveTask,
  TagQueue,
  UntagQueue,
} satisfies Operations<'sqs'>;

export const sqs: Service = {
  name: 'sqs',
  prefix: 'sqs',
  host: 'sqs.amazonaws.com',
  operations,
  collections: [attempts, bodies, deduplications, deletedQueues, groups, messages, moveTasks, queues],
  jobs: { move: moveMessages, sweep, upkeep: keepUp },
  start: startFeeds,
};
