import type { Context } from '#runtime/context.ts';
import type { Conditions, ResourceRef } from '#runtime/operation.ts';
import type { Records } from '#runtime/records.ts';
import { ServiceError } from '#wire/service-error.ts';
import { queueDoesNotExist } from './api.ts';
import { type QueueReference, queueArn, readQueueUrl } from './engine/names.ts';
import { type QueueRow, queues } from './records.ts';

/** A queue with where it is, and the records of that place. */
export type OpenQueue = QueueReference & { readonly row: QueueRow; readonly arn: string; readonly records: Records };

/** The queue that a URL names, in the Region of the endpoint. @throws ServiceError InvalidAddress */
export function referenceOf(ctx: Context, url: string): QueueReference {
  const found = readQueueUrl(url);
  if (found === undefined)
    throw new ServiceError('InvalidAddress', `The address ${url} is not valid for this endpoint.`);
  return { account: found.account ?? ctx.account, region: ctx.region, name: found.name };
}

/** The address under which the client that asks finds a queue: its own way to this server. */
export function queueUrl(ctx: Context, { account, name }: Pick<QueueReference, 'account' | 'name'>): string {
  return `${ctx.request.tls === undefined ? 'http' : 'https'}://${ctx.request.host}/${account}/${name}`;
}

/** A queue as policies see it: its ARN, its tags, its policy. */
export async function queueResource(
  ctx: Context,
  queue: QueueReference,
  conditions?: Conditions,
): Promise<ResourceRef> {
  const row = await ctx.records.at(queue).get(queues, queue.name);
  const arn = queueArn(queue);
  ctx.audit([{ arn, type: 'AWS::SQS::Queue', account: queue.account }]);
  const policy =
    row?.policy === undefined
      ? undefined
      : ({ kind: 'resource', source: `policy of ${arn}`, text: row.policy } as const);
  return { arn, account: queue.account, tags: row?.tags, conditions, policy };
}

type Addressed = { readonly QueueUrl: string };

/** The queue of an operation that other accounts may be allowed. */
export function addressed({ QueueUrl }: Addressed, ctx: Context): Promise<ResourceRef> {
  return queueResource(ctx, referenceOf(ctx, QueueUrl));
}

/** The queue of an operation that is for its owner alone: what its policy says to other accounts does not count. */
export async function owned({ QueueUrl }: Addressed, ctx: Context): Promise<ResourceRef> {
  return ownersOnly(ctx, await addressed({ QueueUrl }, ctx));
}

export function ownersOnly(ctx: Context, resource: ResourceRef): ResourceRef {
  return resource.account === ctx.account ? resource : { ...resource, policy: undefined };
}

/** @throws ServiceError QueueDoesNotExist */
export async function openQueue(ctx: Context, queue: QueueReference): Promise<OpenQueue> {
  const found = await findQueue(ctx, queue);
  if (found === undefined) throw queueDoesNotExist();
  return found;
}

export async function findQueue(ctx: Context, queue: QueueReference): Promise<OpenQueue | undefined> {
  const { account, region, name } = queue;
  const records = ctx.records.at({ account, region });
  const row = await records.get(queues, name);
  return row === undefined ? undefined : { account, region, name, row, arn: queueArn(queue), records };
}

/** The queue at a URL. @throws ServiceError InvalidAddress, QueueDoesNotExist */
export function queueAt(ctx: Context, url: string): Promise<OpenQueue> {
  return openQueue(ctx, referenceOf(ctx, url));
}
