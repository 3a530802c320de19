import { keyResource, openKey } from './access.ts';
import { endDryRun, type Operation } from './api.ts';
import { checkCipher, checkSize, encryptUnder } from './ciphers.ts';
import { contextConditions } from './context-conditions.ts';
import { noteUse } from './usage.ts';

export const Encrypt: Operation<'Encrypt'> = {
  readOnly: true,
  resource: (input, ctx) => keyResource(ctx, input.KeyId, { alias: true, grantTokens: input.GrantTokens }),
  conditions: (input) => ({
    ...contextConditions(input.EncryptionContext),
    'kms:EncryptionAlgorithm': input.EncryptionAlgorithm ?? 'SYMMETRIC_DEFAULT',
  }),
  handle: async (input, ctx) => {
    const key = await openKey(ctx, input.KeyId, true);
    const algorithm = checkCipher(
      key,
      input.EncryptionAlgorithm ?? 'SYMMETRIC_DEFAULT',
      'Encrypt',
      input.EncryptionContext,
    );
    checkSize(key, algorithm, input.Plaintext);
    endDryRun(input.DryRun);
    const { ciphertext } = encryptUnder(ctx, key, algorithm, input.Plaintext, input.EncryptionContext);
    await noteUse(ctx, key);
    return { CiphertextBlob: ciphertext, KeyId: key.arn, EncryptionAlgorithm: algorithm };
  },
};
