import type { Context } from '#runtime/context.ts';
import { jobId } from '#runtime/run-job.ts';
import { AuthorisationError, freshToken } from './authorisation.ts';
import { type ConnectionRow, connections } from './records.ts';

const kind = 'events/authorise';

/** Has a connection ask for its first token. */
export function scheduleAuthorisation(ctx: Context, { name, type }: ConnectionRow): void {
  const runAt = type === 'OAUTH_CLIENT_CREDENTIALS' ? ctx.now : undefined;
  ctx.schedule({ kind, id: jobId(ctx.account, ctx.region, name), runAt });
}

/** Asks for a token, and says whether the connection has one. */
export async function authoriseConnection(name: string, _payload: unknown, ctx: Context): Promise<void> {
  const row = await ctx.records.get(connections, name);
  if (row?.state !== 'AUTHORIZING') return;
  try {
    await freshToken(ctx, row);
    ctx.records.put(connections, name, { ...row, state: 'AUTHORIZED', stateReason: undefined, authorized: ctx.now });
  } catch (error) {
    if (!(error instanceof AuthorisationError)) throw error;
    ctx.records.put(connections, name, { ...row, state: 'DEAUTHORIZED', stateReason: error.message.slice(0, 512) });
  }
}
