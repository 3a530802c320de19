import type { Context } from '#runtime/context.ts';
import type { Seal } from '#store/seal.ts';
import { type Key, locate } from './access.ts';
import { DAY } from './engine/rotation.ts';
import { type UsageRow, usages } from './records.ts';

/**
 * The last use of each key. Every use is noted in memory; on disk it is written with the use itself, but at most once in five minutes
 * and key: a write on each Encrypt would make readers of one key wait for each other. After a crash the answer may therefore be up to
 * five minutes old, never more.
 */
const WRITE_EVERY_MS = 300_000;

type Note = UsageRow & { readonly writtenAt: number };

const notes = new WeakMap<Seal, Map<string, Note>>();

/** Notes a successful use. Call it last, when nothing can fail any more. */
export async function noteUse(ctx: Context, { arn, row, records }: Key, operation = ctx.operation): Promise<void> {
  const noted = notesOf(ctx.seal);
  const before = noted.get(arn);
  const use: UsageRow = { operation, at: ctx.now, requestId: ctx.requestId };
  const again = before?.requestId === ctx.requestId && before.writtenAt === ctx.now;
  // A call that runs again because another one overtook it writes again: its first attempt was dropped.
  const due = before === undefined || again || ctx.now - before.writtenAt >= WRITE_EVERY_MS;
  noted.set(arn, { ...use, writtenAt: due ? ctx.now : before.writtenAt });
  if (!due) return;
  await records.get(usages, row.keyId);
  records.put(usages, row.keyId, use);
}

export async function lastUse(ctx: Context, { arn, row, records }: Key): Promise<UsageRow | undefined> {
  const noted = notesOf(ctx.seal).get(arn);
  const written = await records.get(usages, row.keyId);
  if (noted === undefined) return written;
  return written !== undefined && written.at > noted.at ? written : noted;
}

/** `kms:TrailingDaysWithoutKeyUsage`: whole days since the last use, or since the key's creation. */
export async function idleDays(ctx: Context, keyId: string): Promise<string | undefined> {
  const { arn, account, row } = await locate(ctx, keyId);
  if (row === undefined) return undefined;
  const used = await lastUse(ctx, { arn, row, records: ctx.records.at({ account }) });
  return String(Math.floor((ctx.now - (used?.at ?? row.created)) / DAY));
}

export function forgetUse(ctx: Context, arn: string): void {
  notesOf(ctx.seal).delete(arn);
}

function notesOf(seal: Seal): Map<string, Note> {
  let noted = notes.get(seal);
  if (noted === undefined) {
    noted = new Map();
    notes.set(seal, noted);
  }
  return noted;
}
