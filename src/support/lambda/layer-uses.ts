import type { Context } from '#runtime/context.ts';
import { invalidParameter } from './errors.ts';
import { layerResource } from './layer-access.ts';
import { type LayerUse, layerVersions, versionId } from './records.ts';

/** Lambda quotas, "Function layers". */
const maxLayers = 5;

/**
 * The layers that a function is to have, each readable by the caller.
 *
 * @throws ServiceError InvalidParameterValueException, AccessDeniedException
 */
export async function layersOf(ctx: Context, arns: readonly string[]): Promise<readonly LayerUse[]> {
  if (arns.length > maxLayers) throw invalidParameter(`Cannot reference more than ${maxLayers} layers.`);
  const seen = new Map<string, string>();
  const uses: LayerUse[] = [];
  for (const arn of arns) {
    const layer = arn.slice(0, arn.lastIndexOf(':'));
    const other = seen.get(layer);
    if (other !== undefined) {
      throw invalidParameter(
        `Two different versions of the same layer are not allowed to be referenced in the same function. ${other} and ${arn} are versions of the same layer.`,
      );
    }
    seen.set(layer, arn);
    uses.push(await useOf(ctx, arn));
  }
  return uses;
}

async function useOf(ctx: Context, arn: string): Promise<LayerUse> {
  const [, , , region, account = '', , name = '', version = ''] = arn.split(':');
  if (region !== ctx.region) {
    throw invalidParameter(
      `Layers are not in the same region as the function. Layers are expected to be in region ${ctx.region}.`,
    );
  }
  if (account !== ctx.account) await ctx.authorise('lambda:GetLayerVersion', await layerResource(ctx, arn));
  const row = await ctx.records.at({ account }).get(layerVersions, versionId(name, version));
  if (row === undefined) throw invalidParameter(`Layer version ${arn} does not exist.`);
  return { arn, code: row.code };
}
