import { requestTagKeys } from '#runtime/condition-keys.ts';
import { ServiceError } from '#wire/service-error.ts';
import { findTrail, homeTrail, trailResource } from './access.ts';
import type { Operation } from './api.ts';
import { trailId, trails } from './records.ts';

type TagInput = { readonly Key: string; readonly Value?: string | undefined };

/** Tags that a trail carries at most. */
const maxTags = 50;
/** Trails that one request asks for at most. */
const maxListed = 20;

export const AddTags: Operation<'AddTags'> = {
  resource: ({ ResourceId }, ctx) => trailResource(trailArnOf(ResourceId), ctx),
  conditions: ({ TagsList }) => requestTagKeys(TagsList),
  handle: async ({ ResourceId, TagsList }, ctx) => {
    const row = await tagged(() => homeTrail(ResourceId, ctx), ResourceId);
    checkTags(row.tags, TagsList);
    ctx.records.put(trails, trailId(row), { ...row, tags: { ...row.tags, ...tagRecord(TagsList) } });
    return {};
  },
};

export const RemoveTags: Operation<'RemoveTags'> = {
  resource: ({ ResourceId }, ctx) => trailResource(trailArnOf(ResourceId), ctx),
  conditions: ({ TagsList }) => ({ 'aws:TagKeys': TagsList.map(({ Key }) => Key) }),
  handle: async ({ ResourceId, TagsList }, ctx) => {
    const row = await tagged(() => homeTrail(ResourceId, ctx), ResourceId);
    // A tag that is named with a value goes only where it has that value.
    const goes = (key: string, value: string) =>
      TagsList.some((tag) => tag.Key === key && (tag.Value === undefined || tag.Value === value));
    const tags = Object.fromEntries(Object.entries(row.tags).filter(([key, value]) => !goes(key, value)));
    ctx.records.put(trails, trailId(row), { ...row, tags });
    return {};
  },
};

export const ListTags: Operation<'ListTags'> = {
  resource: async ({ ResourceIdList: ids }, ctx) => {
    if (ids.length === 0 || ids.length > maxListed) {
      throw new ServiceError('ValidationException', `resourceIdList: expected 1 to ${maxListed} ARNs`);
    }
    return Promise.all(ids.map((id) => trailResource(trailArnOf(id), ctx)));
  },
  handle: async ({ ResourceIdList }, ctx) => ({
    ResourceTagList: await Promise.all(
      ResourceIdList.map(async (ResourceId) => {
        const { tags } = await tagged(() => findTrail(ResourceId, ctx), ResourceId);
        return { ResourceId, TagsList: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
      }),
    ),
  }),
};

/** Tags belong to ARNs. @throws ServiceError */
function trailArnOf(id: string): string {
  if (!id.startsWith('arn:')) {
    throw new ServiceError('CloudTrailARNInvalidException', `\`${id}\`: expected the ARN of a trail.`);
  }
  if (!/^arn:aws:cloudtrail:[^:]*:[^:]*:trail\//.test(id)) {
    throw new ServiceError('ResourceTypeNotSupportedException', `\`${id}\`: expected the ARN of a trail.`);
  }
  return id;
}

async function tagged<T>(find: () => Promise<T>, id: string): Promise<T> {
  try {
    return await find();
  } catch (error) {
    if (!(error instanceof ServiceError) || error.code !== 'TrailNotFoundException') throw error;
    throw new ServiceError('ResourceNotFoundException', `The resource \`${id}\` was not found.`);
  }
}

export function tagRecord(tags: readonly TagInput[]): Readonly<Record<string, string>> {
  return Object.fromEntries(tags.map(({ Key, Value = '' }) => [Key, Value]));
}

/** @throws ServiceError when a tag is reserved, doubled, or one too many */
export function checkTags(existing: Readonly<Record<string, string>>, added: readonly TagInput[]): void {
  const keys = added.map(({ Key }) => Key);
  if (keys.some((key) => /^aws:/i.test(key))) {
    throw new ServiceError('InvalidTagParameterException', 'Tag keys beginning with aws: are reserved for AWS use.');
  }
  if (new Set(keys).size < keys.length) {
    throw new ServiceError('InvalidTagParameterException', 'tags: expected each key once');
  }
  if (new Set([...Object.keys(existing), ...keys]).size > maxTags) {
    throw new ServiceError('TagsLimitExceededException', `A trail can have at most ${maxTags} tags.`);
  }
}
