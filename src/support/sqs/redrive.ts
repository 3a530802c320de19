import type { Context } from '#runtime/context.ts';
import { addressed, findQueue, queueAt, queueUrl } from './access.ts';
import { invalidValue, type Operation } from './api.ts';
import { type QueueReference, queueArn, queueOfArn } from './engine/names.ts';
import { allowsSource, type Settings } from './engine/settings.ts';
import { page } from './page.ts';
import { queues } from './records.ts';

/**
 * Checks that a queue's dead-letter queue exists, is of its kind and place, and takes its messages.
 *
 * @param text the policy as it was given; undefined where it stays as it is
 * @throws ServiceError InvalidParameterValue
 */
export async function checkRedrive(
  ctx: Context,
  queue: QueueReference,
  { redrive, fifo }: Settings,
  text: string | undefined,
): Promise<void> {
  if (redrive === undefined || text === undefined) return;
  const refuse = (reason: string) => invalidValue(text, 'RedrivePolicy', reason);
  const target = queueOfArn(redrive.target);
  if (target === undefined) throw refuse('Invalid value for deadLetterTargetArn.');
  if (target.account !== queue.account || target.region !== queue.region)
    throw refuse('Dead-letter queue must be in the same account and Region as the source.');
  const found = await findQueue(ctx, target);
  if (found === undefined) throw refuse('Dead letter target does not exist.');
  if (found.row.settings.fifo !== fifo) throw refuse('Dead-letter queue must be same type of queue as the source.');
  if (!allowsSource(found.row.settings.redriveAllow, queueArn(queue)))
    throw refuse('The dead-letter queue does not allow this source queue.');
}

export const ListDeadLetterSourceQueues: Operation<'ListDeadLetterSourceQueues'> = {
  resource: addressed,
  handle: async ({ QueueUrl, MaxResults, NextToken }, ctx) => {
    const queue = await queueAt(ctx, QueueUrl);
    const { entries, nextToken } = await page(
      MaxResults,
      NextToken,
      (id, limit) =>
        queue.records.listIndex(queues, 'by-dead-letter', {
          equals: queue.arn,
          limit,
          ...(id === undefined ? {} : { after: { key: queue.arn, id } }),
        }),
      ({ id }) => id,
    );
    const queueUrls = entries.map(({ id: name }) => queueUrl(ctx, { account: queue.account, name }));
    return { queueUrls, ...(nextToken === undefined ? {} : { NextToken: nextToken }) };
  },
};
