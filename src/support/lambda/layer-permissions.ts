import { pinPrincipals, shownPrincipals } from '#identity/iam/pinned-principals.ts';
import type { Context } from '#runtime/context.ts';
import type { Records } from '#runtime/records.ts';
import type { Operation } from './api.ts';
import { documentOf, statementOf, statementsIn } from './engine/statements.ts';
import { invalidParameter, notFound, wrongRevision } from './errors.ts';
import { layerArn, layerResource, parseLayer } from './layer-access.ts';
import { checkNumber } from './layers.ts';
import { exists, sidTaken } from './permissions.ts';
import { layerPolicies, layerVersions, versionId } from './records.ts';

type Asked = { readonly LayerName: string; readonly VersionNumber: number };

const resource = ({ LayerName, VersionNumber }: Asked, ctx: Context) =>
  layerResource(ctx, layerArn(ctx, parseLayer(LayerName, ctx), VersionNumber));

export const AddLayerVersionPermission: Operation<'AddLayerVersionPermission'> = {
  resource,
  handle: async (input, ctx) => {
    const { records, id, arn } = await subjectOf(input, ctx);
    const stored = await records.get(layerPolicies, id);
    if (input.RevisionId !== undefined && input.RevisionId !== stored?.revisionId) {
      throw wrongRevision('GetLayerPolicy');
    }
    const statement = statementOf({
      sid: input.StatementId,
      action: input.Action,
      principal: input.Principal,
      resource: arn,
      organization: input.OrganizationId,
    });
    if (statement === undefined || !(await exists(ctx, input.Principal))) {
      throw invalidParameter('The provided principal was invalid. Please check the principal and try again.');
    }
    const statements = statementsIn(stored?.text);
    if (statements.some(({ Sid }) => Sid === input.StatementId)) throw sidTaken(input.StatementId);
    const revisionId = ctx.uuid();
    const text = await pinPrincipals(ctx, documentOf([...statements, statement]));
    records.put(layerPolicies, id, { text, revisionId });
    return { Statement: JSON.stringify(statement), RevisionId: revisionId };
  },
};

export const GetLayerVersionPolicy: Operation<'GetLayerVersionPolicy'> = {
  resource,
  handle: async (input, ctx) => {
    const { records, id } = await subjectOf(input, ctx);
    const stored = await records.get(layerPolicies, id);
    if (stored === undefined) throw notFound('No policy is associated with the given resource.');
    return { Policy: await shownPrincipals(ctx, stored.text), RevisionId: stored.revisionId };
  },
};

export const RemoveLayerVersionPermission: Operation<'RemoveLayerVersionPermission'> = {
  resource,
  handle: async (input, ctx) => {
    const { records, id } = await subjectOf(input, ctx);
    const stored = await records.get(layerPolicies, id);
    if (input.RevisionId !== undefined && input.RevisionId !== stored?.revisionId) {
      throw wrongRevision('GetLayerPolicy');
    }
    const statements = statementsIn(stored?.text);
    const left = statements.filter(({ Sid }) => Sid !== input.StatementId);
    if (left.length === statements.length) {
      throw notFound(`Statement ${input.StatementId} is not found in resource policy.`);
    }
    if (left.length === 0) records.delete(layerPolicies, id);
    else records.put(layerPolicies, id, { text: documentOf(left), revisionId: ctx.uuid() });
    return {};
  },
};

/** @throws ServiceError ResourceNotFoundException */
async function subjectOf(
  { LayerName, VersionNumber }: Asked,
  ctx: Context,
): Promise<{ readonly records: Records; readonly id: string; readonly arn: string }> {
  const layer = parseLayer(LayerName, ctx);
  checkNumber(VersionNumber);
  const records = ctx.records.at({ account: layer.account });
  const id = versionId(layer.name, VersionNumber);
  const arn = layerArn(ctx, layer, VersionNumber);
  if ((await records.get(layerVersions, id)) === undefined) throw notFound(`Layer version ${arn} does not exist.`);
  return { records, id, arn };
}
