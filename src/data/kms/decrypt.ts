import { endDryRun, type Input, type Operation, refuseRecipient } from './api.ts';
import { checkCipher, decryptUnder } from './ciphers.ts';
import { contextConditions } from './context-conditions.ts';
import { ciphertextOf, openSource, type Source, sourceOf, sourceResource } from './source.ts';
import { noteUse } from './usage.ts';

export const Decrypt: Operation<'Decrypt'> = {
  readOnly: true,
  resource: (input, ctx) => sourceResource(ctx, source(input), input.GrantTokens, 'Decrypt'),
  conditions: (input) => ({
    ...contextConditions(input.EncryptionContext),
    'kms:EncryptionAlgorithm': input.EncryptionAlgorithm ?? 'SYMMETRIC_DEFAULT',
  }),
  handle: async (input, ctx) => {
    refuseRecipient(input.Recipient);
    const from = source(input);
    const key = await openSource(ctx, from, 'Decrypt');
    const algorithm = checkCipher(key, from.algorithm, 'Decrypt', input.EncryptionContext);
    if (from.ignoreCiphertext) endDryRun(true);
    const { plaintext, materialId } = decryptUnder(ctx, key, algorithm, ciphertextOf(from), input.EncryptionContext);
    endDryRun(input.DryRun);
    await noteUse(ctx, key);
    return {
      KeyId: key.arn,
      Plaintext: plaintext,
      EncryptionAlgorithm: algorithm,
      ...(materialId === undefined ? {} : { KeyMaterialId: materialId }),
    };
  },
};

function source(input: Input<'Decrypt'>): Source {
  return sourceOf(input.CiphertextBlob, input.KeyId, input.EncryptionAlgorithm, input);
}
