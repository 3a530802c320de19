import type { Output } from '#runtime/api-types.ts';
import type { Context } from '#runtime/context.ts';
import { pageOf } from '#runtime/page.ts';
import type { Listed, Records } from '#runtime/records.ts';
import type { Operation } from './api.ts';
import { takeCode } from './code.ts';
import { lambdaTime } from './configuration.ts';
import { invalidMember, invalidParameter, notFound } from './errors.ts';
import { type LayerReference, layerArn, layerResource, parseLayer } from './layer-access.ts';
import { type LayerVersionRow, layerPolicies, layers, layerVersions, versionId } from './records.ts';

type Shown = Output<'lambda', 'GetLayerVersion'>;

export const PublishLayerVersion: Operation<'PublishLayerVersion'> = {
  resource: ({ LayerName }, ctx) => layerArn(ctx, parseLayer(LayerName, ctx)),
  handle: async (input, ctx) => {
    const { name } = parseLayer(input.LayerName, ctx);
    if (name.length > 64) throw invalidMember(name, 'layerName', 'Member must have length less than or equal to 64');
    const code = await takeCode(ctx, input.Content);
    const layer = await ctx.records.get(layers, name);
    const version = layer?.nextVersion ?? 1;
    const row: LayerVersionRow = {
      name,
      version,
      code,
      description: input.Description ?? '',
      license: input.LicenseInfo,
      runtimes: input.CompatibleRuntimes,
      architectures: input.CompatibleArchitectures,
      created: ctx.now,
    };
    ctx.records.put(layers, name, { name, nextVersion: version + 1 });
    ctx.records.create(layerVersions, versionId(name, version), row);
    return shownLayer(ctx, ctx.account, row);
  },
};

export const GetLayerVersion: Operation<'GetLayerVersion'> = {
  resource: ({ LayerName, VersionNumber }, ctx) =>
    layerResource(ctx, layerArn(ctx, parseLayer(LayerName, ctx), VersionNumber)),
  handle: async ({ LayerName, VersionNumber }, ctx) => {
    const layer = parseLayer(LayerName, ctx);
    checkNumber(VersionNumber);
    const row = await recordsOf(ctx, layer).get(layerVersions, versionId(layer.name, VersionNumber));
    if (row === undefined) throw notFound('The resource you requested does not exist.');
    return shownLayer(ctx, layer.account, row);
  },
};

export const GetLayerVersionByArn: Operation<'GetLayerVersionByArn'> = {
  action: 'lambda:GetLayerVersion',
  resource: ({ Arn }, ctx) => layerResource(ctx, Arn),
  handle: async ({ Arn }, ctx) => {
    const [, , , region, account = '', , name = '', version = ''] = Arn.split(':');
    const row =
      region === ctx.region
        ? await ctx.records.at({ account }).get(layerVersions, versionId(name, version))
        : undefined;
    if (row === undefined) throw notFound('The resource you requested does not exist.');
    return shownLayer(ctx, account, row);
  },
};

export const DeleteLayerVersion: Operation<'DeleteLayerVersion'> = {
  resource: ({ LayerName, VersionNumber }, ctx) =>
    layerResource(ctx, layerArn(ctx, parseLayer(LayerName, ctx), VersionNumber)),
  handle: async ({ LayerName, VersionNumber }, ctx) => {
    const layer = parseLayer(LayerName, ctx);
    checkNumber(VersionNumber);
    const records = recordsOf(ctx, layer);
    const id = versionId(layer.name, VersionNumber);
    const row = await records.get(layerVersions, id);
    // What is not there is deleted already (recordings).
    if (row === undefined) return {};
    records.delete(layerVersions, id);
    if ((await records.get(layerPolicies, id)) !== undefined) records.delete(layerPolicies, id);
    // Its code stays: functions of any account that have it keep it, and go on running with it.
    return {};
  },
};

export const ListLayerVersions: Operation<'ListLayerVersions'> = {
  resource: () => '*',
  handle: async (input, ctx) => {
    const layer = parseLayer(input.LayerName, ctx);
    const records = recordsOf(ctx, layer);
    const read = (after: string | undefined, limit: number) =>
      records.list(layerVersions, {
        prefix: `${layer.name}:`,
        reverse: true,
        limit,
        ...(after === undefined ? {} : { after }),
      });
    const placeOf = ({ id }: Listed<LayerVersionRow>) => id;
    const page = await pageOf(input.Marker, Math.min(input.MaxItems ?? 50, 50), placeOf, badMarker, read);
    const rows = page.entries.map(({ value }) => value).filter((row) => fits(row, input));
    return {
      LayerVersions: rows.map((row) => listedLayer(ctx, layer.account, row)),
      ...(page.nextToken === undefined ? {} : { NextMarker: page.nextToken }),
    };
  },
};

export const ListLayers: Operation<'ListLayers'> = {
  resource: () => '*',
  handle: async (input, ctx) => {
    const read = (after: string | undefined, limit: number) =>
      ctx.records.list(layers, { limit, ...(after === undefined ? {} : { after }) });
    const placeOf = ({ id }: { readonly id: string }) => id;
    const page = await pageOf(input.Marker, Math.min(input.MaxItems ?? 50, 50), placeOf, badMarker, read);
    const Layers = [];
    for (const { id: name } of page.entries) {
      const versions = await ctx.records.list(layerVersions, { prefix: `${name}:`, reverse: true });
      const row = versions.map(({ value }) => value).find((each) => fits(each, input));
      if (row === undefined) continue;
      const LayerArn = layerArn(ctx, { account: ctx.account, name });
      Layers.push({ LayerName: name, LayerArn, LatestMatchingVersion: listedLayer(ctx, ctx.account, row) });
    }
    return { Layers, ...(page.nextToken === undefined ? {} : { NextMarker: page.nextToken }) };
  },
};

type Filter = { readonly CompatibleRuntime?: string | undefined; readonly CompatibleArchitecture?: string | undefined };

function fits({ runtimes, architectures }: LayerVersionRow, filter: Filter): boolean {
  const { CompatibleRuntime: runtime, CompatibleArchitecture: architecture } = filter;
  return (
    (runtime === undefined || runtimes?.includes(runtime) === true) &&
    (architecture === undefined || architectures?.includes(architecture) === true)
  );
}

function recordsOf(ctx: Context, { account }: LayerReference): Records {
  return ctx.records.at({ account });
}

export function checkNumber(version: number): void {
  if (version < 1) throw invalidParameter('Layer Version Cannot be less than 1');
}

function badMarker(): Error {
  return invalidParameter('marker: expected one that was answered before');
}

function listedLayer(ctx: Context, account: string, row: LayerVersionRow) {
  return {
    LayerVersionArn: layerArn(ctx, { account, name: row.name }, row.version),
    Version: row.version,
    Description: row.description,
    CreatedDate: lambdaTime(row.created),
    ...(row.runtimes === undefined ? {} : { CompatibleRuntimes: row.runtimes as never }),
    ...(row.architectures === undefined ? {} : { CompatibleArchitectures: row.architectures as never }),
    ...(row.license === undefined ? {} : { LicenseInfo: row.license }),
  };
}

function shownLayer(ctx: Context, account: string, row: LayerVersionRow): Shown {
  return {
    ...listedLayer(ctx, account, row),
    LayerArn: layerArn(ctx, { account, name: row.name }),
    Content: { CodeSha256: row.code.sha256, CodeSize: row.code.size },
  };
}
