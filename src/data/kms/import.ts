import type { Context } from '#runtime/context.ts';
import { type Key, keyResource, locate, openOwnKey } from './access.ts';
import { failure, type Input, invalid, type Operation, refuse, unsupportedHere } from './api.ts';
import { isWrappingAlgorithm, unwrapImported } from './crypto/import-wrapping.ts';
import { generatePair, importMaterial } from './crypto/material.ts';
import { cacheOf } from './crypto/material-cache.ts';
import { isKeySpec, specFacts } from './engine/key-specs.ts';
import { checkExpiry, IMPORT_TOKEN_MS } from './engine/rotation.ts';
import { scheduleExpiry, withoutBytes } from './import-expiry.ts';
import { openToken, sealToken } from './import-token.ts';
import { placeMaterial } from './imported-material.ts';
import { type KeyRow, keys } from './records.ts';
import { saveRelatives } from './relatives.ts';
import { currentMaterial, isReplica, stateOf } from './state.ts';

export const GetParametersForImport: Operation<'GetParametersForImport'> = {
  resource: (input, ctx) => keyResource(ctx, input.KeyId),
  conditions: (input) => ({
    'kms:WrappingAlgorithm': input.WrappingAlgorithm,
    'kms:WrappingKeySpec': input.WrappingKeySpec,
  }),
  handle: async ({ KeyId, WrappingAlgorithm, WrappingKeySpec }, ctx) => {
    const { arn, row } = await openExternalKey(ctx, KeyId);
    if (!isWrappingAlgorithm(WrappingAlgorithm))
      throw unsupportedHere(`Wrapping algorithm ${WrappingAlgorithm} is not supported.`);
    if (!isKeySpec(WrappingKeySpec)) throw unsupportedHere(`Wrapping key spec ${WrappingKeySpec} is not supported.`);
    checkWrapping(row, WrappingAlgorithm, WrappingKeySpec);
    const { privateKey, publicKey } = await generatePair(WrappingKeySpec);
    const validTo = ctx.now + IMPORT_TOKEN_MS;
    const token = sealToken(ctx, row, WrappingAlgorithm, validTo, privateKey);
    privateKey.fill(0);
    return { KeyId: arn, ImportToken: token, PublicKey: publicKey, ParametersValidTo: new Date(validTo) };
  },
};

export const ImportKeyMaterial: Operation<'ImportKeyMaterial'> = {
  resource: (input, ctx) => keyResource(ctx, input.KeyId),
  conditions: ({ ExpirationModel, ValidTo }) => ({
    'kms:ExpirationModel': ExpirationModel ?? 'KEY_MATERIAL_EXPIRES',
    'kms:ValidTo': ValidTo?.toISOString(),
  }),
  handle: async (input, ctx) => {
    const { arn, row, records } = await openExternalKey(ctx, input.KeyId);
    const validTo = input.ValidTo?.getTime();
    const { wrappingKey, algorithm } = openToken(ctx, row, input.ImportToken);
    refuse(checkExpiry(input.ExpirationModel ?? 'KEY_MATERIAL_EXPIRES', validTo, ctx.now));
    const bytes = unwrapImported(wrappingKey, algorithm, input.EncryptedKeyMaterial);
    if (bytes === undefined) throw failure('InvalidCiphertextException', '');
    const material = importMaterial(ctx.seal, row, bytes);
    bytes.fill(0);
    if (material === undefined) {
      throw failure(
        'IncorrectKeyMaterialException',
        `The imported key material is not valid for key spec ${row.spec}.`,
      );
    }
    const imported = await placeMaterial(ctx, row, material, { ...input, validTo });
    // A key that had no usable material comes back enabled.
    const enabled = row.enabled || stateOf(row) === 'PendingImport';
    const after: KeyRow = { ...imported, enabled };
    records.put(keys, row.keyId, after);
    scheduleExpiry(ctx, after);
    return { KeyId: arn, ...(row.spec === 'SYMMETRIC_DEFAULT' ? { KeyMaterialId: material.id } : {}) };
  },
};

export const DeleteImportedKeyMaterial: Operation<'DeleteImportedKeyMaterial'> = {
  resource: (input, ctx) => keyResource(ctx, input.KeyId),
  handle: async (input, ctx) => {
    const { arn, row, records } = await openExternalKey(ctx, input.KeyId);
    const id = materialToDelete(input, row);
    const target = row.materials.find((material) => material.id === id);
    if (input.KeyMaterialId !== undefined && target === undefined) {
      throw failure('NotFoundException', `Key material ${input.KeyMaterialId} does not exist`);
    }
    cacheOf(ctx.seal).drop(row);
    if (target?.state === 'PENDING_ROTATION' && !isReplica(row)) {
      // Never used yet: it goes altogether, from the replicas too.
      await saveRelatives(ctx, row, (each) => ({
        ...each,
        materials: each.materials.filter((material) => material.id !== id),
      }));
    } else {
      const materials = row.materials.map((material) => (material.id === id ? withoutBytes(material) : material));
      records.put(keys, row.keyId, { ...row, materials });
    }
    scheduleExpiry(ctx, (await records.get(keys, row.keyId)) ?? row);
    return { KeyId: arn, ...(id === undefined || row.spec !== 'SYMMETRIC_DEFAULT' ? {} : { KeyMaterialId: id }) };
  },
};

function materialToDelete(input: Input<'DeleteImportedKeyMaterial'>, row: KeyRow): string | undefined {
  return input.KeyMaterialId ?? currentMaterial(row)?.id;
}

/** The key's origin is looked at before its state (key state table, note 9). */
async function openExternalKey(ctx: Context, keyId: string): Promise<Key> {
  const { arn, account, row } = await locate(ctx, keyId);
  if (row !== undefined && account === ctx.account && row.origin !== 'EXTERNAL')
    throw unsupportedHere(`${arn} origin is ${row.origin} which is not valid for this operation.`);
  return openOwnKey(ctx, keyId);
}

/** RSA private keys are too long for OAEP alone, and so is P-521 under a 2048-bit key (API model, GetParametersForImport). */
function checkWrapping(row: KeyRow, algorithm: string, wrappingKeySpec: string): void {
  if (!algorithm.startsWith('RSAES_OAEP')) return;
  if (specFacts(row.spec).family === 'rsa') {
    throw invalid(
      `Wrapping algorithm ${algorithm} cannot wrap key material of key spec ${row.spec}: use RSA_AES_KEY_WRAP_SHA_256.`,
    );
  }
  if (row.spec === 'ECC_NIST_P521' && wrappingKeySpec === 'RSA_2048') {
    throw invalid(`Wrapping key spec RSA_2048 cannot wrap key material of key spec ${row.spec} with ${algorithm}.`);
  }
}
