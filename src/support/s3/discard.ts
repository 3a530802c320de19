import type { JobHandler, Subscriber } from '#runtime/service.ts';
import { manifestId, partBlob, piecesPerRecord } from './contents.ts';
import { manifests } from './records.ts';

/** Deletes the blobs of objects that are gone. */
export const discardBlobs: Subscriber = async (events, at) => {
  for (const { account, region, body } of events) {
    for (const name of (body as { readonly blobs: readonly string[] }).blobs)
      await at(account, region).blobs.delete(name);
  }
};

/** Deletes the parts of an object that is gone. */
export const discardParts: JobHandler = async (upload, payload, ctx) => {
  const { partCount } = payload as { readonly partCount: number };
  for (let from = 0; from < partCount; from += piecesPerRecord) {
    const id = manifestId(upload, from);
    const manifest = await ctx.records.get(manifests, id);
    if (manifest === undefined) continue;
    for (const { number, blob } of manifest.pieces) await ctx.blobs.delete(partBlob(ctx, upload, number, blob));
    ctx.records.delete(manifests, id);
  }
};
