import { keyResource, openKey } from './access.ts';
import { endDryRun, invalid, type Operation, refuse, refuseRecipient } from './api.ts';
import { usable } from './ciphers.ts';
import { curves, isCurveSpec } from './crypto/curves.ts';
import { deriveSecret } from './crypto/ecc.ts';
import { checkUsage } from './engine/key-specs.ts';
import { noteUse } from './usage.ts';

export const DeriveSharedSecret: Operation<'DeriveSharedSecret'> = {
  readOnly: true,
  resource: (input, ctx) => keyResource(ctx, input.KeyId, { alias: true, grantTokens: input.GrantTokens }),
  conditions: ({ KeyAgreementAlgorithm }) => ({ 'kms:KeyAgreementAlgorithm': KeyAgreementAlgorithm }),
  handle: async (input, ctx) => {
    refuseRecipient(input.Recipient);
    const key = await openKey(ctx, input.KeyId, true);
    const { arn, row } = key;
    refuse(checkUsage(arn, row.usage, 'DeriveSharedSecret'));
    const secret = isCurveSpec(row.spec)
      ? deriveSecret(usable(ctx, row).secret, curves[row.spec], input.PublicKey)
      : undefined;
    // AWS gives no text for a public key that does not fit (recorded).
    if (secret === undefined) throw invalid('');
    endDryRun(input.DryRun);
    await noteUse(ctx, key);
    return {
      KeyId: arn,
      SharedSecret: secret,
      KeyAgreementAlgorithm: input.KeyAgreementAlgorithm,
      KeyOrigin: row.origin,
    };
  },
};
