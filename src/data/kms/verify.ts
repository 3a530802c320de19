import { keyResource } from './access.ts';
import { endDryRun, failure, type Operation } from './api.ts';
import { usable } from './ciphers.ts';
import { signatureIsValid } from './crypto/signing.ts';
import { openSigningKey, signingConditions } from './signing-key.ts';
import { noteUse } from './usage.ts';

export const Verify: Operation<'Verify'> = {
  readOnly: true,
  resource: (input, ctx) => keyResource(ctx, input.KeyId, { alias: true, grantTokens: input.GrantTokens }),
  conditions: signingConditions,
  handle: async (input, ctx) => {
    const { key, request } = await openSigningKey(ctx, input);
    endDryRun(input.DryRun);
    if (!signatureIsValid(usable(ctx, key.row), request, input.Signature)) {
      throw failure('KMSInvalidSignatureException', '');
    }
    await noteUse(ctx, key);
    return { KeyId: key.arn, SignatureValid: true, SigningAlgorithm: input.SigningAlgorithm };
  },
};
