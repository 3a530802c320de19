import { collection } from '#runtime/collection.ts';
import type { Context } from '#runtime/context.ts';

/** Something that runs from the start of the server on, wherever it belongs. */
export type ActiveWork = {
  readonly kind: 'mapping';
  readonly account: string;
  readonly region: string;
  /** UUID of the mapping. */
  readonly what: string;
  /** Changes when it is to begin anew. */
  readonly generation: string;
};

/** What the server begins with, over all accounts. Id: `kind|account|region|what`. */
export const activeWork = collection<ActiveWork>('lambda/active-work', 'installation');

export function activeId({ kind, account, region, what }: Omit<ActiveWork, 'generation'>): string {
  return `${kind}|${account}|${region}|${what}`;
}

/** Begins work, or begins it anew. */
export async function activate(ctx: Context, work: Omit<ActiveWork, 'generation'>): Promise<void> {
  const id = activeId(work);
  await ctx.records.get(activeWork, id);
  ctx.records.put(activeWork, id, { ...work, generation: ctx.uuid() });
}

export async function deactivate(ctx: Context, work: Omit<ActiveWork, 'generation'>): Promise<void> {
  const id = activeId(work);
  if ((await ctx.records.get(activeWork, id)) !== undefined) ctx.records.delete(activeWork, id);
}
