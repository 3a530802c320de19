import type { Context } from '#runtime/context.ts';
import type { RunningService } from '#runtime/service.ts';
import type { ServiceRuntime } from '#runtime/service-runtime.ts';
import { keyOf, versionPrefix } from './engine/object-id.ts';
import { manifests, objects, partId, parts, versions } from './records.ts';

/** Blobs that nobody has named so long after they were stored are left over: from a crash, or from a commit that failed. */
const graceMs = 3_600_000;
const everyMs = 86_400_000;
const atOnce = 100;

/** Looks for left-over blobs at start and once a day. */
export async function startSweep(runtime: ServiceRuntime): Promise<RunningService> {
  let stopped = false;
  let running: Promise<unknown> = Promise.resolve();
  const sweep = () => {
    running = sweepOnce(runtime, () => stopped).catch((error: unknown) => {
      runtime.log.warn({ err: error }, 'left-over blobs of S3 could not be looked for');
    });
  };
  const timer = setInterval(sweep, everyMs).unref();
  // In memory nothing outlives a process.
  if (runtime.scratch !== undefined) sweep();
  return {
    stop: async () => {
      stopped = true;
      clearInterval(timer);
      await running;
    },
  };
}

/** Deletes the blobs that no record names. @returns how many */
export async function sweepOnce(runtime: ServiceRuntime, stopped: () => boolean, now = Date.now()): Promise<number> {
  let deleted = 0;
  let batch: string[] = [];
  const look = async () => {
    const names = batch;
    batch = [];
    if (names.length === 0) return;
    deleted += await runtime.run({ account: '', region: '' }, 'SweepBlobs', async (ctx) => {
      let gone = 0;
      for (const name of names) {
        if (await isNamed(ctx, name)) continue;
        await ctx.blobs.delete(name);
        gone += 1;
      }
      return gone;
    });
  };
  const walked = await runtime.run({ account: '', region: '' }, 'SweepBlobs', async (ctx) => ctx.blobs.walk('s3/'));
  for await (const { name, modified } of walked) {
    if (stopped()) return deleted;
    if (modified > now - graceMs) continue;
    batch.push(name);
    if (batch.length >= atOnce) await look();
  }
  await look();
  return deleted;
}

/** Blobs are named after the place of their bucket, and the record that names them. */
async function isNamed(ctx: Context, name: string): Promise<boolean> {
  const [, kind, account = '', region = '', ...rest] = name.split('/');
  const place = ctx.records.at({ account, region });
  const path = rest.join('/');
  if (kind === 'p') {
    const [upload = '', number = '', suffix] = path.split('/');
    const part = await place.get(parts, partId(upload, Number(number)));
    if (part?.blob === suffix) return true;
    for (let from = 0; ; from += 1_000) {
      const manifest = await place.get(manifests, `${upload}/${from}`);
      if (manifest === undefined) return false;
      if (manifest.pieces.some((piece) => piece.blob === suffix)) return true;
    }
  }
  const cut = path.lastIndexOf('\u0001');
  const [id, suffix] = [path.slice(0, cut), path.slice(cut + 1)];
  if ((await place.get(objects, id))?.blob === suffix) return true;
  const prefix = versionPrefix(id.slice(0, id.indexOf('/')), keyOf(id));
  for (let after: string | undefined; ; ) {
    const page = await place.list(versions, { prefix, limit: 500, ...(after === undefined ? {} : { after }) });
    if (page.some(({ value }) => value.blob === suffix)) return true;
    if (page.length < 500) return false;
    after = page.at(-1)?.id;
  }
}
