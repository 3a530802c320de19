import { requestTagKeys } from '#runtime/condition-keys.ts';
import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import { parameterResource, plainName } from './access.ts';
import type { Input, Operation } from './api.ts';
import { refuseValue } from './engine/allowed-pattern.ts';
import { parameterArn, refuseName, twinOf } from './engine/names.ts';
import { carriedOver, type ParameterPolicy, parsePolicies } from './engine/policies.ts';
import { refuse } from './engine/refusal.ts';
import { chooseTier, limits, type RequestedTier, refuseFurther, requestedTier, type Tier } from './engine/tiers.ts';
import { refuseText } from './engine/value.ts';
import { awaitImage, imageType } from './images.ts';
import { save } from './new-version.ts';
import { countByTier, type ParameterRow, type ParameterType, parameters, type VersionRow } from './records.ts';
import { defaultKey, encryptValue } from './secure-value.ts';
import { settingValue } from './service-settings.ts';
import { checkTags, tagRecord } from './tags.ts';

type PutInput = Input<'PutParameter'>;

const dataTypes = ['text', imageType, 'aws:ssm:integration'];

export const PutParameter: Operation<'PutParameter'> = {
  action: ({ Tags }) => (Tags?.length ? ['ssm:PutParameter', 'ssm:AddTagsToResource'] : 'ssm:PutParameter'),
  resource: ({ Name }, ctx) => parameterResource(Name, ctx),
  conditions: (input) => ({
    ...requestTagKeys(input.Tags),
    'ssm:Overwrite': input.Overwrite === true ? 'true' : 'false',
    'ssm:Policies': input.Policies,
  }),
  handle: async (input, ctx) => {
    const name = plainName(input.Name);
    const arn = parameterArn(ctx.account, ctx.region, name);
    refuse(refuseName(name, arn));
    const existing = await ctx.records.get(parameters, name);
    const type = typeOf(input, name, existing);
    checkForm(input, type);
    await checkExistence(ctx, input, name, existing);
    const policies = policiesOf(input, existing, ctx.now);
    const tier = await tierOf(input, policies, existing, ctx);
    const allowedPattern = input.AllowedPattern ?? existing?.current.allowedPattern;
    if (allowedPattern) refuse(refuseValue(allowedPattern, input.Value));
    // A new version stays under the key that the parameter lies under.
    const keyId = type === 'SecureString' ? (input.KeyId ?? existing?.current.keyId ?? defaultKey) : undefined;
    const current: VersionRow = {
      version: (existing?.current.version ?? 0) + 1,
      type,
      value: keyId === undefined ? input.Value : await encryptValue(ctx, tier, keyId, arn, input.Value),
      keyId,
      dataType: input.DataType ?? existing?.current.dataType ?? 'text',
      description: input.Description ?? existing?.current.description,
      allowedPattern: allowedPattern || undefined,
      tier,
      policies,
      modified: ctx.now,
      modifiedBy: ctx.principal.arn,
    };
    const tags = tagRecord(input.Tags);
    if (current.dataType === imageType) await awaitImage(ctx, name, current, tags, input.Overwrite === true);
    else await save(ctx, name, existing, current, tags);
    return { Version: current.version, Tier: tier };
  },
};

/** @throws ServiceError ValidationException, HierarchyTypeMismatchException */
function typeOf(input: PutInput, name: string, existing: ParameterRow | undefined): ParameterType {
  const current = existing?.current.type;
  const type = input.Type ?? current;
  if (type === undefined) throw invalid('A parameter type is required when you create a parameter.');
  if (current !== undefined && input.Overwrite === true && current !== type) {
    throw new ServiceError(
      'HierarchyTypeMismatchException',
      `parameter \`${name}\` is of type ${current}, which can't be changed to ${type}: create another parameter`,
    );
  }
  return type;
}

/** What is wrong with a request whatever is stored. */
function checkForm(input: PutInput, type: ParameterType): void {
  const { DataType: dataType, KeyId: keyId, Tags: tags = [] } = input;
  if (dataType !== undefined && !dataTypes.includes(dataType)) {
    throw invalid(`The following data type is not supported: ${dataType} (Data type names are all lowercase.)`);
  }
  if (dataType === imageType && type !== 'String') {
    throw invalid(`data type ${imageType}: expected a parameter of type String, found ${type}`);
  }
  if (keyId !== undefined && type !== 'SecureString') {
    throw invalid('KeyId is required for SecureString type parameter only.');
  }
  if (tags.length > 0 && input.Overwrite === true) {
    throw invalid(
      "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.",
    );
  }
  checkTags({}, tags);
  refuse(refuseText(input.Value));
}

/** @throws ServiceError ParameterAlreadyExists: `x` and `/x` are one name */
async function checkExistence(
  ctx: Context,
  input: PutInput,
  name: string,
  existing: ParameterRow | undefined,
): Promise<void> {
  if (existing !== undefined) {
    if (input.Overwrite === true) return;
    throw alreadyExists(
      'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
    );
  }
  const twin = twinOf(name);
  if (twin !== undefined && (await ctx.records.get(parameters, twin)) !== undefined) {
    throw alreadyExists(`parameter \`${twin}\` exists already, and \`${name}\` is the same name`);
  }
}

function policiesOf(input: PutInput, existing: ParameterRow | undefined, now: number): readonly ParameterPolicy[] {
  if (input.Policies === undefined) return carriedOver(existing?.current.policies ?? []);
  const parsed = parsePolicies(input.Policies, now);
  if ('refusal' in parsed) throw new ServiceError(parsed.refusal.code, parsed.refusal.message);
  return parsed.policies;
}

/** The tier for the new version, counted where it adds a parameter to one. */
async function tierOf(
  input: PutInput,
  policies: readonly ParameterPolicy[],
  existing: ParameterRow | undefined,
  ctx: Context,
): Promise<Tier> {
  const current = existing?.current.tier;
  const fallback = (await settingValue(ctx, '/ssm/parameter-store/default-parameter-tier')) as RequestedTier;
  const requested = requestedTier(input.Tier, current, fallback);
  const counts =
    current === undefined || (current === 'Standard' && requested !== 'Standard')
      ? await countByTier(ctx.records)
      : undefined;
  const needs = {
    valueBytes: Buffer.byteLength(input.Value),
    hasPolicies: policies.length > 0,
    standardFull: current === undefined && (counts?.Standard ?? 0) >= limits.Standard.parameters,
  };
  const chosen = chooseTier(requested, needs, current);
  if ('refusal' in chosen) throw new ServiceError(chosen.refusal.code, chosen.refusal.message);
  if (counts !== undefined && chosen.tier !== current) refuse(refuseFurther(chosen.tier, counts[chosen.tier]));
  return chosen.tier;
}

function alreadyExists(message: string): ServiceError {
  return new ServiceError('ParameterAlreadyExists', message);
}

function invalid(message: string): ServiceError {
  return new ServiceError('ValidationException', message);
}
