import { functionResource, loadFunction, named } from './access.ts';
import type { Operation } from './api.ts';
import { listed, revisionOf, shown } from './configuration.ts';
import { invalidParameter, wrongRevision } from './errors.ts';
import { publish } from './publish.ts';
import { versions } from './records.ts';
import { rowPage } from './row-page.ts';

export const PublishVersion: Operation<'PublishVersion'> = {
  resource: (input, ctx) => functionResource(input, ctx),
  handle: async (input, ctx) => {
    const of = named(input, ctx);
    const row = await loadFunction(of);
    if (input.RevisionId !== undefined && input.RevisionId !== revisionOf(row.latest, ctx.now)) {
      throw wrongRevision('GetFunction/GetAlias');
    }
    const { sha256 } = row.latest.code;
    if (input.CodeSha256 !== undefined && input.CodeSha256 !== sha256) {
      throw invalidParameter(
        `CodeSHA256 (${input.CodeSha256}) is different from current CodeSHA256 in $LATEST (${sha256}). Please try again with the CodeSHA256 in $LATEST.`,
      );
    }
    const version = await publish(ctx, of.records, row, { description: input.Description, changed: false });
    return shown(ctx, version, `${of.arn}:${version.version}`);
  },
};

export const ListVersionsByFunction: Operation<'ListVersionsByFunction'> = {
  resource: (input, ctx) => functionResource(input, ctx),
  handle: async (input, ctx) => {
    const of = named(input, ctx);
    const row = await loadFunction(of);
    const { Marker: marker, MaxItems: limit } = input;
    const range = { prefix: `${of.name}:`, marker, limit, first: row.latest };
    const { rows, next } = await rowPage(of.records, versions, range);
    const Versions = [];
    for (const value of rows) Versions.push(await listed(ctx, value, `${of.arn}:${value.version}`));
    return { Versions, ...next };
  },
};
