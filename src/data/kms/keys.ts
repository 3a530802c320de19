import { pinPrincipals } from '#identity/iam/pinned-principals.ts';
import { callerKeys, keyResource, openKey, openOwnKey, readOwnKey } from './access.ts';
import { accept, type Input, invalid, type Operation, unsupportedHere } from './api.ts';
import { generateMaterial } from './crypto/material.ts';
import { cacheOf } from './crypto/material-cache.ts';
import { keyArn } from './engine/identifiers.ts';
import { defaultKeyPolicy } from './engine/key-policy.ts';
import { chooseUsage, isKeySpec, type KeySpec, specFacts } from './engine/key-specs.ts';
import { metadataOf } from './metadata.ts';
import { pageOf } from './page.ts';
import { checkKeyPolicy } from './policies.ts';
import { type KeyRow, keys } from './records.ts';
import { authoriseTags, tagConditions, tagsFor } from './tags.ts';
import { idleDays, lastUse } from './usage.ts';

export const CreateKey: Operation<'CreateKey'> = {
  resource: () => '*',
  conditions: (input, ctx) => {
    const spec = input.KeySpec ?? input.CustomerMasterKeySpec ?? 'SYMMETRIC_DEFAULT';
    const usage = input.KeyUsage ?? 'ENCRYPT_DECRYPT';
    return {
      ...callerKeys(ctx),
      ...tagConditions(input.Tags),
      'kms:KeySpec': spec,
      'kms:CustomerMasterKeySpec': spec,
      'kms:KeyUsage': usage,
      'kms:CustomerMasterKeyUsage': usage,
      'kms:KeyOrigin': input.Origin ?? 'AWS_KMS',
      'kms:MultiRegion': input.MultiRegion === true ? 'true' : 'false',
      'kms:MultiRegionKeyType': input.MultiRegion === true ? 'PRIMARY' : undefined,
      'kms:BypassPolicyLockoutSafetyCheck': bypassOf(input),
    };
  },
  handle: async (input, ctx) => {
    const spec = specOf(input);
    const { usage } = accept(chooseUsage(spec, input.KeyUsage));
    const origin = originOf(input, spec);
    const tags = tagsFor({}, input.Tags);
    const keyId = input.MultiRegion === true ? `mrk-${ctx.uuid().replaceAll('-', '')}` : ctx.uuid();
    const arn = keyArn(ctx.account, ctx.region, keyId);
    ctx.audit([{ arn, type: 'AWS::KMS::Key', account: ctx.account }]);
    const row: KeyRow = {
      keyId,
      account: ctx.account,
      region: ctx.region,
      spec,
      usage,
      origin,
      manager: 'CUSTOMER',
      description: input.Description ?? '',
      created: ctx.now,
      enabled: true,
      policy: input.Policy === undefined ? defaultKeyPolicy(ctx.account) : await pinPrincipals(ctx, input.Policy),
      tags,
      aliases: [],
      grants: 0,
      materials: [],
      schedule: undefined,
      onDemandRotations: 0,
      multiRegion: input.MultiRegion === true ? { primaryRegion: ctx.region, replicaRegions: [] } : undefined,
      deletion: undefined,
    };
    await authoriseTags(ctx, row, input.Tags);
    if (input.Policy !== undefined) await checkKeyPolicy(ctx, row, input.Policy, input.BypassPolicyLockoutSafetyCheck);
    const created: KeyRow =
      origin === 'EXTERNAL'
        ? row
        : { ...row, materials: [{ ...(await generateMaterial(ctx.seal, row, ctx.random)), state: 'CURRENT' }] };
    ctx.records.create(keys, keyId, created);
    return { KeyMetadata: metadataOf(created) };
  },
};

export const DescribeKey: Operation<'DescribeKey'> = {
  resource: (input, ctx) => keyResource(ctx, input.KeyId, { alias: true, grantTokens: input.GrantTokens }),
  handle: async ({ KeyId }, ctx) => ({ KeyMetadata: metadataOf((await openKey(ctx, KeyId, true)).row) }),
};

export const ListKeys: Operation<'ListKeys'> = {
  resource: () => '*',
  handle: async (input, ctx) => {
    const { entries, ...place } = await pageOf(input, 100, (after, limit) =>
      ctx.records.list(keys, { limit, ...(after === undefined ? {} : { after }) }),
    );
    return { Keys: entries.map(({ id }) => ({ KeyId: id, KeyArn: keyArn(ctx.account, ctx.region, id) })), ...place };
  },
};

export const EnableKey: Operation<'EnableKey'> = {
  resource: (input, ctx) => keyResource(ctx, input.KeyId),
  handle: async ({ KeyId }, ctx) => {
    const { row, records } = await openOwnKey(ctx, KeyId);
    records.put(keys, row.keyId, { ...row, enabled: true });
    return {};
  },
};

export const DisableKey: Operation<'DisableKey'> = {
  resource: (input, ctx) => keyResource(ctx, input.KeyId),
  conditions: async ({ KeyId }, ctx) => ({ 'kms:TrailingDaysWithoutKeyUsage': await idleDays(ctx, KeyId) }),
  handle: async ({ KeyId }, ctx) => {
    const { row, records } = await openOwnKey(ctx, KeyId);
    records.put(keys, row.keyId, { ...row, enabled: false });
    cacheOf(ctx.seal).drop(row);
    return {};
  },
};

export const UpdateKeyDescription: Operation<'UpdateKeyDescription'> = {
  resource: (input, ctx) => keyResource(ctx, input.KeyId),
  handle: async ({ KeyId, Description }, ctx) => {
    const { row, records } = await openOwnKey(ctx, KeyId);
    records.put(keys, row.keyId, { ...row, description: Description });
    return {};
  },
};

export const GetKeyLastUsage: Operation<'GetKeyLastUsage'> = {
  resource: (input, ctx) => keyResource(ctx, input.KeyId),
  handle: async ({ KeyId }, ctx) => {
    const key = await readOwnKey(ctx, KeyId);
    const used = await lastUse(ctx, key);
    const created = new Date(key.row.created);
    return {
      // The id, where other operations answer the ARN: recordings of AWS.
      KeyId: key.row.keyId,
      KeyCreationDate: created,
      // Use is tracked from the key's first day.
      TrackingStartDate: created,
      ...(used === undefined
        ? {}
        : {
            KeyLastUsage: {
              Operation: used.operation as 'Encrypt',
              Timestamp: new Date(used.at),
              KmsRequestId: used.requestId,
            },
          }),
    };
  },
};

/** `true` or `false` where the request says so; absent otherwise, as policies with `Null` expect. */
export function bypassOf(input: { readonly BypassPolicyLockoutSafetyCheck?: boolean | undefined }): string | undefined {
  return input.BypassPolicyLockoutSafetyCheck === undefined ? undefined : String(input.BypassPolicyLockoutSafetyCheck);
}

function specOf(input: Input<'CreateKey'>): KeySpec {
  if (input.KeySpec !== undefined && input.CustomerMasterKeySpec !== undefined) {
    throw invalid(
      'You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.',
    );
  }
  const spec = input.KeySpec ?? input.CustomerMasterKeySpec ?? 'SYMMETRIC_DEFAULT';
  if (!isKeySpec(spec)) throw unsupportedHere(`KeySpec ${spec} is not supported in this Region.`);
  return spec;
}

function originOf(input: Input<'CreateKey'>, spec: KeySpec): KeyRow['origin'] {
  const origin = input.Origin ?? 'AWS_KMS';
  if (
    input.CustomKeyStoreId !== undefined ||
    input.XksKeyId !== undefined ||
    (origin !== 'AWS_KMS' && origin !== 'EXTERNAL')
  ) {
    throw unsupportedHere('Custom key stores are not supported: use Origin AWS_KMS or EXTERNAL.');
  }
  if (origin === 'EXTERNAL' && !specFacts(spec).importable) {
    throw unsupportedHere(`Origin EXTERNAL is not supported for KeySpec ${spec}.`);
  }
  return origin;
}
