import { shownPrincipals } from '#identity/iam/pinned-principals.ts';
import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import { type OpenQueue, owned, queueAt } from './access.ts';
import { invalidValue, missing, type Operation } from './api.ts';
import { readPolicy } from './queue-policy.ts';
import { queues } from './records.ts';

type Statement = Readonly<Record<string, unknown>>;
type Document = { readonly Version: string; readonly Id?: string; readonly Statement: readonly Statement[] };

/** Actions that a permission can name (API reference, AddPermission); `*` is all of them. */
const grantable = [
  '*',
  'ChangeMessageVisibility',
  'DeleteMessage',
  'GetQueueAttributes',
  'GetQueueUrl',
  'ListDeadLetterSourceQueues',
  'PurgeQueue',
  'ReceiveMessage',
  'SendMessage',
];
const maxActions = 7;

export const AddPermission: Operation<'AddPermission'> = {
  resource: owned,
  handle: async ({ QueueUrl, Label, AWSAccountIds, Actions }, ctx) => {
    const queue = await queueAt(ctx, QueueUrl);
    if (!/^[A-Za-z0-9_-]{1,80}$/.test(Label))
      throw invalidValue(
        Label,
        'Label',
        'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
      );
    if (AWSAccountIds.length === 0) throw missing('AWSAccountIds');
    if (Actions.length === 0) throw missing('Actions');
    if (Actions.length > maxActions)
      throw new ServiceError('OverLimit', `${Actions.length} Actions were found, maximum allowed is ${maxActions}.`);
    const unknown = Actions.find((action) => !grantable.includes(action));
    if (unknown !== undefined)
      throw invalidValue(
        `SQS:${unknown}`,
        'ActionName',
        `Please refer to the appropriate WSDL for a list of valid actions.`,
      );
    const principals: string[] = [];
    for (const account of AWSAccountIds) {
      const arn = `arn:aws:iam::${account}:root`;
      if (!/^\d{12}$/.test(account)) throw invalidValue(`[${account}]`, 'PrincipalId', 'Unable to verify.');
      principals.push(arn);
    }
    const { Id, Statement } = await documentOf(ctx, queue);
    if (Statement.some(({ Sid }) => Sid === Label)) throw invalidValue(Label, 'Label', 'Already exists.');
    const added = {
      Sid: Label,
      Effect: 'Allow',
      Principal: { AWS: single(principals) },
      Action: single(Actions.map((action) => `SQS:${action}`)),
      Resource: queue.arn,
    };
    await keep(ctx, queue, {
      Version: '2008-10-17',
      Id: Id ?? `${queue.arn}/SQSDefaultPolicy`,
      Statement: [...Statement, added],
    });
    return {};
  },
};

export const RemovePermission: Operation<'RemovePermission'> = {
  resource: owned,
  handle: async ({ QueueUrl, Label }, ctx) => {
    const queue = await queueAt(ctx, QueueUrl);
    const document = await documentOf(ctx, queue);
    const kept = document.Statement.filter(({ Sid }) => Sid !== Label);
    if (kept.length === document.Statement.length) throw invalidValue(Label, 'Label', "can't find label.");
    await keep(ctx, queue, kept.length === 0 ? undefined : { ...document, Statement: kept });
    return {};
  },
};

function single<T>(list: readonly T[]): T | readonly T[] {
  const [first] = list;
  return list.length === 1 && first !== undefined ? first : list;
}

/** The policy as it is shown; without statements where there is none. */
async function documentOf(ctx: Context, { row }: OpenQueue): Promise<Document> {
  if (row.policy === undefined) return { Version: '2008-10-17', Statement: [] };
  const document = JSON.parse(await shownPrincipals(ctx, row.policy)) as Omit<Document, 'Statement'> & {
    readonly Statement: Statement | readonly Statement[];
  };
  return { ...document, Statement: [document.Statement].flat() };
}

async function keep(ctx: Context, { records, row }: OpenQueue, document: Document | undefined): Promise<void> {
  const policy = document === undefined ? undefined : await readPolicy(ctx, JSON.stringify(document));
  records.put(queues, row.name, { ...row, policy, modified: ctx.now });
}
