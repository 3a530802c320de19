import type { Context } from '#runtime/context.ts';
import { jobId } from '#runtime/run-job.ts';
import type { JobHandler } from '#runtime/service.ts';

/** Code that no version has any more stays this long: an invocation on its way may still unpack it. */
const keptMs = 15 * 60_000;

/** Deletes a zip once nothing names it any more. */
export function dropCode(ctx: Context, account: string, blob: string): void {
  ctx.schedule({
    kind: 'lambda/drop-code',
    id: jobId(account, ctx.region, blob),
    runAt: ctx.now + keptMs,
    payload: {},
  });
}

export const dropCodeJob: JobHandler = async (blob, _payload, ctx) => {
  await ctx.blobs.delete(blob);
};
