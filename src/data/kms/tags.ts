import type { Context } from '#runtime/context.ts';
import type { Conditions } from '#runtime/operation.ts';
import { keyConditions, keyResource, openOwnKey, readOwnKey } from './access.ts';
import { type Operation, refuse } from './api.ts';
import { keyArn } from './engine/identifiers.ts';
import { defaultKeyPolicy } from './engine/key-policy.ts';
import { checkTags } from './engine/tags.ts';
import { pageIn } from './page.ts';
import { type KeyRow, keys } from './records.ts';

type Tag = { readonly TagKey: string | undefined; readonly TagValue: string | undefined };

export const TagResource: Operation<'TagResource'> = {
  resource: (input, ctx) => keyResource(ctx, input.KeyId),
  conditions: ({ Tags }) => tagConditions(Tags),
  handle: async ({ KeyId, Tags }, ctx) => {
    const { row, records } = await openOwnKey(ctx, KeyId);
    records.put(keys, row.keyId, { ...row, tags: tagsFor(row.tags, Tags) });
    return {};
  },
};

export const UntagResource: Operation<'UntagResource'> = {
  resource: (input, ctx) => keyResource(ctx, input.KeyId),
  conditions: ({ TagKeys }) => ({ 'aws:TagKeys': TagKeys }),
  handle: async ({ KeyId, TagKeys }, ctx) => {
    const { row, records } = await openOwnKey(ctx, KeyId);
    const tags = Object.fromEntries(Object.entries(row.tags).filter(([key]) => !TagKeys.includes(key)));
    records.put(keys, row.keyId, { ...row, tags });
    return {};
  },
};

export const ListResourceTags: Operation<'ListResourceTags'> = {
  resource: (input, ctx) => keyResource(ctx, input.KeyId),
  handle: async (input, ctx) => {
    const { row } = await readOwnKey(ctx, input.KeyId);
    const { entries, ...place } = pageIn(input, 50, Object.entries(row.tags));
    return { Tags: entries.map(([TagKey, TagValue]) => ({ TagKey, TagValue })), ...place };
  },
};

/** The tags after adding some. @throws ServiceError TagException */
export function tagsFor(
  existing: Readonly<Record<string, string>>,
  added: readonly Tag[] | undefined,
): Readonly<Record<string, string>> {
  const pairs = (added ?? []).map(({ TagKey, TagValue }) => [TagKey ?? '', TagValue ?? ''] as const);
  refuse(
    checkTags(
      Object.keys(existing),
      pairs.map(([key]) => key),
    ),
  );
  return { ...existing, ...Object.fromEntries(pairs) };
}

/** `aws:RequestTag/…` and `aws:TagKeys`. */
export function tagConditions(tags: readonly Tag[] | undefined): Conditions {
  if (tags === undefined || tags.length === 0) return {};
  const keyed = tags.map(({ TagKey, TagValue }) => [`aws:RequestTag/${TagKey ?? ''}`, TagValue ?? ''] as const);
  return { ...Object.fromEntries(keyed), 'aws:TagKeys': tags.map(({ TagKey }) => TagKey ?? '') };
}

/**
 * Tags on a key that is being created need kms:TagResource by an IAM policy (API model, CreateKey.Tags). The key's own policy does
 * not exist yet; the default one stands in, which leaves the decision to IAM.
 */
export async function authoriseTags(ctx: Context, row: KeyRow, tags: readonly Tag[] | undefined): Promise<void> {
  if (tags === undefined || tags.length === 0) return;
  const { account, region, keyId } = row;
  const arn = keyArn(account, region, keyId);
  const policy = { kind: 'key', source: `default key policy of ${arn}`, text: defaultKeyPolicy(account) } as const;
  const conditions = { ...keyConditions(ctx, row), 'aws:RequestedRegion': region };
  await ctx.authorise('kms:TagResource', { arn, account, policy, conditions }, tagConditions(tags));
}
