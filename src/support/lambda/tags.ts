import type { Context } from '#runtime/context.ts';
import type { ResourceRef } from '#runtime/operation.ts';
import { ServiceError } from '#wire/service-error.ts';
import { functionResource, named } from './access.ts';
import type { Operation } from './api.ts';
import { functionNotFound, invalidParameter, notFound } from './errors.ts';
import { mappingResource } from './mapping-access.ts';
import { functions, mappings } from './records.ts';
import { checkTags, tagKeys } from './tag-rules.ts';

type Tags = Readonly<Record<string, string>>;

/** Something that carries tags. */
type Tagged = { readonly tags: Tags; readonly save: (tags: Tags) => void };

export const TagResource: Operation<'TagResource'> = {
  resource: ({ Resource }, ctx) => resourceOf(Resource, ctx),
  conditions: ({ Tags }) => tagKeys(Tags),
  handle: async ({ Resource, Tags }, ctx) => {
    const tagged = await load(Resource, ctx);
    if (Object.keys(Tags).length === 0) {
      throw invalidParameter('An error occurred and the request cannot be processed.');
    }
    checkTags(tagged.tags, Tags);
    tagged.save({ ...tagged.tags, ...Tags });
    return {};
  },
};

export const UntagResource: Operation<'UntagResource'> = {
  resource: ({ Resource }, ctx) => resourceOf(Resource, ctx),
  conditions: ({ TagKeys }) => ({ 'aws:TagKeys': TagKeys }),
  handle: async ({ Resource, TagKeys }, ctx) => {
    const tagged = await load(Resource, ctx);
    tagged.save(Object.fromEntries(Object.entries(tagged.tags).filter(([key]) => !TagKeys.includes(key))));
    return {};
  },
};

export const ListTags: Operation<'ListTags'> = {
  resource: ({ Resource }, ctx) => resourceOf(Resource, ctx),
  handle: async ({ Resource }, ctx) => ({ Tags: (await load(Resource, ctx)).tags }),
};

function resourceOf(arn: string, ctx: Context): Promise<ResourceRef> | ResourceRef {
  const [, , , , account = ctx.account, type, id = ''] = arn.split(':');
  if (type === 'function') return functionResource({ FunctionName: arn }, ctx);
  if (type === 'event-source-mapping') return mappingResource(ctx, id, account);
  return { arn, account };
}

/** @throws ServiceError ResourceNotFoundException */
async function load(arn: string, ctx: Context): Promise<Tagged> {
  const [, , , , account = ctx.account, type, id = ''] = arn.split(':');
  const records = ctx.records.at({ account });
  if (type === 'function') {
    const of = named({ FunctionName: arn }, ctx);
    if (of.qualifier !== undefined) {
      throw invalidParameter('Tags on function aliases and versions are not supported. Please specify a function ARN.');
    }
    const row = await records.get(functions, of.name);
    if (row === undefined) throw functionNotFound(arn);
    // Tags change the function's revision (recordings).
    const latest = { ...row.latest, revisionId: ctx.uuid() };
    return { tags: row.tags, save: (tags) => records.put(functions, row.name, { ...row, tags, latest }) };
  }
  if (type === 'event-source-mapping') {
    const row = await records.get(mappings, id);
    if (row === undefined) throw notFound(`Event source mapping not found: ${arn}`);
    return { tags: row.tags, save: (tags) => records.put(mappings, id, { ...row, tags }) };
  }
  if (type === 'capacity-provider') throw notFound(`Capacity provider not found: ${arn}`);
  throw new ServiceError('ResourceNotFoundException', `resource not found: \`${arn}\``, { members: { Type: 'User' } });
}
