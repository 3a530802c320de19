import { requestTagKeys } from '#runtime/condition-keys.ts';
import { owned, queueAt } from './access.ts';
import { invalidParameter, missing, type Operation } from './api.ts';
import { queues } from './records.ts';

type Tags = Readonly<Record<string, string>>;

/** Tags of a queue (developer guide, "Amazon SQS cost allocation tags"). */
const maxTags = 50;

/** The tags after some were added. @throws ServiceError InvalidParameterValue */
export function checkTags(before: Tags, added: Readonly<Record<string, string | undefined>>): Tags {
  const tags: Record<string, string> = { ...before };
  for (const [key, value = ''] of Object.entries(added)) {
    if (key.length < 1 || key.length > 128 || !/^[\p{L}\p{Z}\p{N}_.:/=+\-@]+$/u.test(key) || /^aws:/i.test(key))
      throw invalidParameter(`Tag key ${key.slice(0, 128)} is invalid.`);
    if (value.length > 256 || !/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(value))
      throw invalidParameter(`Tag value of key ${key} is invalid.`);
    tags[key] = value;
  }
  if (Object.keys(tags).length > maxTags)
    throw invalidParameter(`Too many tags added for queue: expected at most ${maxTags}.`);
  return tags;
}

export const TagQueue: Operation<'TagQueue'> = {
  resource: owned,
  conditions: ({ Tags }) => requestTagKeys(Object.entries(Tags).map(([Key, Value]) => ({ Key, Value }))),
  handle: async ({ QueueUrl, Tags }, ctx) => {
    if (Object.keys(Tags).length === 0) throw missing('Tags');
    const { records, row } = await queueAt(ctx, QueueUrl);
    records.put(queues, row.name, { ...row, tags: checkTags(row.tags, Tags) });
    return {};
  },
};

export const UntagQueue: Operation<'UntagQueue'> = {
  resource: owned,
  conditions: ({ TagKeys }) => ({ 'aws:TagKeys': TagKeys }),
  handle: async ({ QueueUrl, TagKeys }, ctx) => {
    const { records, row } = await queueAt(ctx, QueueUrl);
    const kept = Object.entries(row.tags).filter(([key]) => !TagKeys.includes(key));
    records.put(queues, row.name, { ...row, tags: Object.fromEntries(kept) });
    return {};
  },
};

export const ListQueueTags: Operation<'ListQueueTags'> = {
  resource: owned,
  handle: async ({ QueueUrl }, ctx) => {
    const { row } = await queueAt(ctx, QueueUrl);
    return Object.keys(row.tags).length === 0 ? {} : { Tags: row.tags };
  },
};
