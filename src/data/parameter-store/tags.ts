import { requestTagKeys } from '#runtime/condition-keys.ts';
import type { Context } from '#runtime/context.ts';
import type { ResourceRef } from '#runtime/operation.ts';
import { ServiceError } from '#wire/service-error.ts';
import { parameterResource } from './access.ts';
import type { Operation } from './api.ts';
import { type ParameterRow, parameters } from './records.ts';

/** Tags that a resource carries at most. */
const maxTags = 50;

type TagInput = { readonly Key: string; readonly Value: string };
type Tagged = { readonly ResourceType: string; readonly ResourceId: string };

export const AddTagsToResource: Operation<'AddTagsToResource'> = {
  resource: taggedResource,
  conditions: ({ Tags }) => requestTagKeys(Tags),
  handle: async (input, ctx) => {
    const row = await taggedParameter(input, ctx);
    checkTags(row.tags, input.Tags);
    ctx.records.put(parameters, row.name, { ...row, tags: { ...row.tags, ...tagRecord(input.Tags) } });
    return {};
  },
};

export const RemoveTagsFromResource: Operation<'RemoveTagsFromResource'> = {
  resource: taggedResource,
  conditions: ({ TagKeys }) => ({ 'aws:TagKeys': TagKeys }),
  handle: async (input, ctx) => {
    const row = await taggedParameter(input, ctx);
    const tags = Object.fromEntries(Object.entries(row.tags).filter(([key]) => !input.TagKeys.includes(key)));
    ctx.records.put(parameters, row.name, { ...row, tags });
    return {};
  },
};

export const ListTagsForResource: Operation<'ListTagsForResource'> = {
  resource: taggedResource,
  handle: async (input, ctx) => {
    const row = await taggedParameter(input, ctx);
    return { TagList: Object.entries(row.tags).map(([Key, Value]) => ({ Key, Value })) };
  },
};

export function tagRecord(tags: readonly TagInput[] | undefined): Record<string, string> {
  return Object.fromEntries((tags ?? []).map(({ Key, Value }) => [Key, Value]));
}

/** @throws ServiceError when a tag is reserved, doubled, or one too many */
export function checkTags(existing: Readonly<Record<string, string>>, added: readonly TagInput[]): void {
  const keys = added.map(({ Key }) => Key);
  if (keys.some((key) => /^aws:/i.test(key))) {
    throw new ServiceError('ValidationException', 'Tag keys beginning with aws: are reserved for AWS use.');
  }
  if (new Set(keys).size < keys.length) {
    throw new ServiceError('ValidationException', 'tags: expected each key once');
  }
  if (new Set([...Object.keys(existing), ...keys]).size > maxTags) {
    throw new ServiceError('TooManyTagsError', `a resource can carry at most ${maxTags} tags`);
  }
}

async function taggedResource({ ResourceType: type, ResourceId: id }: Tagged, ctx: Context): Promise<ResourceRef> {
  if (type === 'Parameter') return parameterResource(id, ctx);
  return { arn: `arn:aws:ssm:${ctx.region}:${ctx.account}:${type.toLowerCase()}/${id}` };
}

/** AWS sends this error without a text. @throws ServiceError InvalidResourceId */
async function taggedParameter({ ResourceType, ResourceId }: Tagged, ctx: Context): Promise<ParameterRow> {
  const row = ResourceType === 'Parameter' ? await ctx.records.get(parameters, ResourceId.trim()) : undefined;
  if (row === undefined) throw new ServiceError('InvalidResourceId', '');
  return row;
}
