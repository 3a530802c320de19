import type { Context } from '#runtime/context.ts';
import { keyResource, openKey } from './access.ts';
import { endDryRun, type Input, type Operation } from './api.ts';
import { checkCipher, checkSize, decryptUnder, encryptUnder } from './ciphers.ts';
import { contextConditions } from './context-conditions.ts';
import { ciphertextOf, openSource, type Source, sourceOf, sourceResource } from './source.ts';
import { noteUse } from './usage.ts';

export const ReEncrypt: Operation<'ReEncrypt'> = {
  readOnly: true,
  // Two keys, each with its own action: asked for below.
  resource: 'none',
  handle: async (input, ctx) => {
    const source = sourceFrom(input);
    await authorise(input, source, ctx);
    const from = await openSource(ctx, source, 'ReEncrypt');
    const to = await openKey(ctx, input.DestinationKeyId, true);
    const decryption = checkCipher(from, source.algorithm, 'ReEncrypt', input.SourceEncryptionContext);
    const wanted = input.DestinationEncryptionAlgorithm ?? 'SYMMETRIC_DEFAULT';
    const encryption = checkCipher(to, wanted, 'ReEncrypt', input.DestinationEncryptionContext);
    if (source.ignoreCiphertext) endDryRun(true);
    const { plaintext, materialId } = decryptUnder(
      ctx,
      from,
      decryption,
      ciphertextOf(source),
      input.SourceEncryptionContext,
    );
    checkSize(to, encryption, plaintext);
    endDryRun(input.DryRun);
    const encrypted = encryptUnder(ctx, to, encryption, plaintext, input.DestinationEncryptionContext);
    plaintext.fill(0);
    await noteUse(ctx, from);
    if (to.arn !== from.arn) await noteUse(ctx, to);
    return {
      CiphertextBlob: encrypted.ciphertext,
      SourceKeyId: from.arn,
      KeyId: to.arn,
      SourceEncryptionAlgorithm: decryption,
      DestinationEncryptionAlgorithm: encryption,
      ...(materialId === undefined ? {} : { SourceKeyMaterialId: materialId }),
      ...(encrypted.materialId === undefined ? {} : { DestinationKeyMaterialId: encrypted.materialId }),
    };
  },
};

async function authorise(input: Input<'ReEncrypt'>, source: Source, ctx: Context): Promise<void> {
  const from = await sourceResource(ctx, source, input.GrantTokens, 'ReEncryptFrom');
  const to = await keyResource(ctx, input.DestinationKeyId, {
    alias: true,
    grantTokens: input.GrantTokens,
    grantOperation: 'ReEncryptTo',
  });
  const onSameKey = { 'kms:ReEncryptOnSameKey': from.arn === to.arn ? 'true' : 'false' };
  await ctx.authorise('kms:ReEncryptFrom', from, {
    ...contextConditions(input.SourceEncryptionContext),
    'kms:EncryptionAlgorithm': source.algorithm,
    ...onSameKey,
  });
  await ctx.authorise('kms:ReEncryptTo', to, {
    ...contextConditions(input.DestinationEncryptionContext),
    'kms:EncryptionAlgorithm': input.DestinationEncryptionAlgorithm ?? 'SYMMETRIC_DEFAULT',
    ...onSameKey,
  });
}

function sourceFrom(input: Input<'ReEncrypt'>): Source {
  return sourceOf(input.CiphertextBlob, input.SourceKeyId, input.SourceEncryptionAlgorithm, input);
}
