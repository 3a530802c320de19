import { keyResource } from './access.ts';
import { endDryRun, invalid, type Operation } from './api.ts';
import { usable } from './ciphers.ts';
import { signMessage } from './crypto/signing.ts';
import { openSigningKey, signingConditions } from './signing-key.ts';
import { noteUse } from './usage.ts';

export const Sign: Operation<'Sign'> = {
  readOnly: true,
  resource: (input, ctx) => keyResource(ctx, input.KeyId, { alias: true, grantTokens: input.GrantTokens }),
  conditions: signingConditions,
  handle: async (input, ctx) => {
    const { key, request } = await openSigningKey(ctx, input);
    endDryRun(input.DryRun);
    const signature = await signMessage(usable(ctx, key.row), request, (length) => ctx.random(length));
    if (signature === undefined) throw invalid(`Digest is not valid for algorithm ${input.SigningAlgorithm}.`);
    await noteUse(ctx, key);
    return { KeyId: key.arn, Signature: signature, SigningAlgorithm: input.SigningAlgorithm };
  },
};
