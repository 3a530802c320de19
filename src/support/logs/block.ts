import { createCipheriv, createDecipheriv } from 'node:crypto';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Context } from '#runtime/context.ts';
import type { Records } from '#runtime/records.ts';
import { dataKey } from './data-keys.ts';
import { Lines, type Packed } from './engine/layout.ts';
import { type BlockRow, sortable } from './records.ts';
import { newSpan, spanOf } from './spans.ts';

/** Speed counts more than size here: the lines of a call are compressed while the caller waits. */
const quick = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

const nonceBytes = 12;
const tagBytes = 16;

/** Smaller blocks wait to be merged. */
const smallBytes = 32 * 1024;

/** Whose lines a block holds. */
export type BlockOwner = {
  readonly group: string;
  readonly stream: string;
  readonly streamName: string;
  readonly dataKey: string | undefined;
};

/** A block as it is stored, with its id. */
export type NewBlock = { readonly id: string; readonly row: BlockRow };

/**
 * @param settled for blocks that shall not be merged any more, whatever their size
 */
export async function sealBlock(
  ctx: Context,
  records: Records,
  owner: BlockOwner,
  packed: Packed,
  settled: boolean,
): Promise<NewBlock> {
  const { first, last, count, size, batches } = packed;
  const compressed = zstdCompressSync(packed.bytes, quick);
  const bytes =
    owner.dataKey === undefined
      ? compressed
      : encrypt(ctx, await dataKey(ctx, records, owner.dataKey), compressed, owner.stream);
  const span = settled || size >= smallBytes ? spanOf(first, last) : newSpan;
  const call = batches[0]?.call ?? '';
  const id =
    span === newSpan ? `${owner.stream}/${span}/${call}` : `${owner.stream}/${span}/${sortable(first)}/${call}`;
  return { id, row: { ...owner, first, last, count, size, batches, span, data: bytes.toString('base64') } };
}

/** The lines of a block. @throws ServiceError AccessDeniedException when its KMS key cannot be used any more */
export async function openBlock(ctx: Context, records: Records, row: BlockRow): Promise<Lines> {
  const stored = Buffer.from(row.data, 'base64');
  const compressed =
    row.dataKey === undefined ? stored : decrypt(await dataKey(ctx, records, row.dataKey), stored, row.stream);
  return new Lines(zstdDecompressSync(compressed), row.batches, row.first);
}

function encrypt(ctx: Context, key: Buffer, plain: Buffer, stream: string): Buffer {
  const nonce = ctx.random(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(stream));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(key: Buffer, stored: Buffer, stream: string): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, stored.subarray(0, nonceBytes), { authTagLength: tagBytes })
    .setAAD(Buffer.from(stream))
    .setAuthTag(stored.subarray(-tagBytes));
  return Buffer.concat([decipher.update(stored.subarray(nonceBytes, -tagBytes)), decipher.final()]);
}
