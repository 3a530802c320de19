import { keyResource, openKey } from './access.ts';
import { failure, type Operation, unsupportedHere } from './api.ts';
import { algorithmsOf, metadataOf } from './metadata.ts';
import { currentMaterial } from './state.ts';

export const GetPublicKey: Operation<'GetPublicKey'> = {
  resource: (input, ctx) => keyResource(ctx, input.KeyId, { alias: true, grantTokens: input.GrantTokens }),
  handle: async ({ KeyId }, ctx) => {
    const { arn, row } = await openKey(ctx, KeyId, true);
    const current = currentMaterial(row);
    // Deleted material leaves its public key; before the first import there is none.
    if (current === undefined) throw failure('KMSInvalidStateException', `${arn} is pending import.`);
    const { publicKey } = current;
    if (publicKey === undefined) throw unsupportedHere(`${arn} is not an asymmetric KMS key.`);
    const { CustomerMasterKeySpec } = metadataOf(row);
    return {
      KeyId: arn,
      PublicKey: Buffer.from(publicKey, 'base64'),
      ...(CustomerMasterKeySpec === undefined ? {} : { CustomerMasterKeySpec }),
      KeySpec: row.spec,
      KeyUsage: row.usage,
      ...algorithmsOf(row),
    };
  },
};
