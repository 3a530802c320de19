import type { Context } from '#runtime/context.ts';
import { latest } from './engine/function-name.ts';
import type { VersionRow } from './records.ts';

/** `$LATEST` after a change of its code or settings. */
export function newVersion(
  ctx: Context,
  functionName: string,
  kind: VersionRow['change']['kind'],
  content: Pick<VersionRow, 'code' | 'settings' | 'architecture'>,
): VersionRow {
  return {
    functionName,
    version: latest,
    ...content,
    modified: ctx.now,
    revisionId: ctx.uuid(),
    change: { kind, at: ctx.now, revisionId: ctx.uuid() },
    instance: ctx.uuid(),
  };
}
