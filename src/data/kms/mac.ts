import type { Context } from '#runtime/context.ts';
import { type Key, keyResource, openKey } from './access.ts';
import { endDryRun, failure, type Operation, refuse } from './api.ts';
import { usable } from './ciphers.ts';
import { computeMac, macIsValid } from './crypto/hmac.ts';
import { checkAlgorithm, checkUsage, type MacAlgorithm } from './engine/key-specs.ts';
import { noteUse } from './usage.ts';

export const GenerateMac: Operation<'GenerateMac'> = {
  readOnly: true,
  resource: (input, ctx) => keyResource(ctx, input.KeyId, { alias: true, grantTokens: input.GrantTokens }),
  conditions: ({ MacAlgorithm }) => ({ 'kms:MacAlgorithm': MacAlgorithm }),
  handle: async (input, ctx) => {
    const key = await openMacKey(ctx, input.KeyId, input.MacAlgorithm);
    endDryRun(input.DryRun);
    const mac = computeMac(usable(ctx, key.row).secret, input.MacAlgorithm, input.Message);
    await noteUse(ctx, key);
    return { Mac: mac, MacAlgorithm: input.MacAlgorithm, KeyId: key.arn };
  },
};

export const VerifyMac: Operation<'VerifyMac'> = {
  readOnly: true,
  resource: (input, ctx) => keyResource(ctx, input.KeyId, { alias: true, grantTokens: input.GrantTokens }),
  conditions: ({ MacAlgorithm }) => ({ 'kms:MacAlgorithm': MacAlgorithm }),
  handle: async (input, ctx) => {
    const key = await openMacKey(ctx, input.KeyId, input.MacAlgorithm);
    endDryRun(input.DryRun);
    if (!macIsValid(usable(ctx, key.row).secret, input.MacAlgorithm, input.Message, input.Mac)) {
      throw failure('KMSInvalidMacException', '');
    }
    await noteUse(ctx, key);
    return { KeyId: key.arn, MacValid: true, MacAlgorithm: input.MacAlgorithm };
  },
};

async function openMacKey(ctx: Context, keyId: string, algorithm: MacAlgorithm): Promise<Key> {
  const key = await openKey(ctx, keyId, true);
  refuse(checkUsage(key.arn, key.row.usage, ctx.operation));
  refuse(checkAlgorithm(key.row.spec, algorithm));
  return key;
}
