import type { Context } from '#runtime/context.ts';
import type { Records } from '#runtime/records.ts';
import { type FunctionRow, findVersion, functions, type VersionRow, versionId, versions } from './records.ts';

/**
 * Publishes `$LATEST`. When nothing changed since the last version, that version is the answer. Numbers are never given twice.
 *
 * @param changed a change in the same call: the new version shows itself on its way
 */
export async function publish(
  ctx: Context,
  records: Records,
  row: FunctionRow,
  { description, changed }: { readonly description: string | undefined; readonly changed: boolean },
): Promise<VersionRow> {
  if (row.published?.instance === row.latest.instance) {
    const last = await findVersion(records, row, row.published.version);
    if (last !== undefined) return last;
  }
  const version = String(row.nextVersion);
  const made: VersionRow = {
    ...row.latest,
    version,
    settings: { ...row.latest.settings, description: description ?? row.latest.settings.description },
    modified: ctx.now,
    revisionId: ctx.uuid(),
    change: { kind: 'created', at: changed ? ctx.now : ctx.now - 1, revisionId: ctx.uuid() },
    instance: ctx.uuid(),
  };
  records.create(versions, versionId(row.name, version), made);
  records.put(functions, row.name, {
    ...row,
    nextVersion: row.nextVersion + 1,
    published: { version, instance: row.latest.instance },
    // Publishing changes the revision of what was published (recordings).
    latest: changed ? row.latest : { ...row.latest, revisionId: ctx.uuid() },
  });
  return made;
}
