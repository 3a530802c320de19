import type { Context } from '#runtime/context.ts';
import { parameterResource, parameterResources, plainName } from './access.ts';
import type { Operation } from './api.ts';
import { changed } from './events.ts';
import { cancelPolicies } from './policy-jobs.ts';
import { notFound } from './read.ts';
import { advancedNames, parameters, versions } from './records.ts';

export const DeleteParameter: Operation<'DeleteParameter'> = {
  resource: ({ Name }, ctx) => parameterResource(Name, ctx),
  handle: async ({ Name }, ctx) => {
    if (!(await remove(ctx, plainName(Name)))) throw notFound();
    return {};
  },
};

export const DeleteParameters: Operation<'DeleteParameters'> = {
  resource: ({ Names }, ctx) => parameterResources(Names, ctx),
  handle: async ({ Names }, ctx) => {
    const deleted: string[] = [];
    const invalid: string[] = [];
    for (const name of new Set(Names)) {
      const gone = await remove(ctx, plainName(name));
      (gone ? deleted : invalid).push(name);
    }
    return { DeletedParameters: deleted, InvalidParameters: invalid };
  },
};

/** Deletes a parameter with its history; false when there is none. */
export async function remove(ctx: Context, name: string): Promise<boolean> {
  const row = await ctx.records.get(parameters, name);
  if (row === undefined) return false;
  for (const { id } of await ctx.records.list(versions, { prefix: `${name}:` })) ctx.records.delete(versions, id);
  ctx.records.delete(parameters, name);
  if ((await ctx.records.get(advancedNames, name)) !== undefined) ctx.records.delete(advancedNames, name);
  cancelPolicies(ctx, name, row.current);
  changed(ctx, name, row.current, 'Delete');
  return true;
}
