import type { Context } from '#runtime/context.ts';
import type { Conditions } from '#runtime/operation.ts';
import { type Key, keyResource, openKey } from './access.ts';
import { endDryRun, invalid, type Operation, refuseRecipient, unsupportedHere } from './api.ts';
import { checkCipher, type Encrypted, encryptUnder } from './ciphers.ts';
import { contextConditions } from './context-conditions.ts';
import { generatePair } from './crypto/material.ts';
import type { EncryptionContext } from './engine/encryption-context.ts';
import { isKeySpec, specFacts } from './engine/key-specs.ts';
import { noteUse } from './usage.ts';

type DataKeyInput = {
  readonly KeyId: string;
  readonly EncryptionContext?: EncryptionContext | undefined;
  readonly KeySpec?: string | undefined;
  readonly NumberOfBytes?: number | undefined;
  readonly GrantTokens?: readonly string[] | undefined;
  readonly DryRun?: boolean | undefined;
};

type DataKeyPairInput = Omit<DataKeyInput, 'KeySpec' | 'NumberOfBytes'> & { readonly KeyPairSpec: string };

export const GenerateDataKey: Operation<'GenerateDataKey'> = {
  readOnly: true,
  resource: dataKeyResource,
  conditions: dataKeyConditions,
  handle: async (input, ctx) => {
    refuseRecipient(input.Recipient);
    const { key, plaintext, ciphertext, materialId } = await newDataKey(ctx, input);
    return { CiphertextBlob: ciphertext, Plaintext: plaintext, KeyId: key.arn, ...materialOf(materialId) };
  },
};

export const GenerateDataKeyWithoutPlaintext: Operation<'GenerateDataKeyWithoutPlaintext'> = {
  readOnly: true,
  resource: dataKeyResource,
  conditions: dataKeyConditions,
  handle: async (input, ctx) => {
    const { key, plaintext, ciphertext, materialId } = await newDataKey(ctx, input);
    plaintext.fill(0);
    return { CiphertextBlob: ciphertext, KeyId: key.arn, ...materialOf(materialId) };
  },
};

export const GenerateDataKeyPair: Operation<'GenerateDataKeyPair'> = {
  readOnly: true,
  resource: dataKeyResource,
  conditions: pairConditions,
  handle: async (input, ctx) => {
    refuseRecipient(input.Recipient);
    const { key, privateKey, publicKey, ciphertext, materialId } = await newDataKeyPair(ctx, input);
    return {
      PrivateKeyCiphertextBlob: ciphertext,
      PrivateKeyPlaintext: privateKey,
      PublicKey: publicKey,
      KeyId: key.arn,
      KeyPairSpec: input.KeyPairSpec,
      ...materialOf(materialId),
    };
  },
};

export const GenerateDataKeyPairWithoutPlaintext: Operation<'GenerateDataKeyPairWithoutPlaintext'> = {
  readOnly: true,
  resource: dataKeyResource,
  conditions: pairConditions,
  handle: async (input, ctx) => {
    const { key, privateKey, publicKey, ciphertext, materialId } = await newDataKeyPair(ctx, input);
    privateKey.fill(0);
    return {
      PrivateKeyCiphertextBlob: ciphertext,
      PublicKey: publicKey,
      KeyId: key.arn,
      KeyPairSpec: input.KeyPairSpec,
      ...materialOf(materialId),
    };
  },
};

async function newDataKey(
  ctx: Context,
  input: DataKeyInput,
): Promise<Encrypted & { readonly key: Key; readonly plaintext: Uint8Array }> {
  const bytes = lengthOf(input);
  const key = await openForDataKey(ctx, input);
  endDryRun(input.DryRun);
  const plaintext = ctx.random(bytes);
  const encrypted = encryptUnder(ctx, key, 'SYMMETRIC_DEFAULT', plaintext, input.EncryptionContext);
  await noteUse(ctx, key);
  return { ...encrypted, key, plaintext };
}

async function newDataKeyPair(
  ctx: Context,
  input: DataKeyPairInput,
): Promise<Encrypted & { readonly key: Key; readonly privateKey: Buffer; readonly publicKey: Buffer }> {
  const spec = input.KeyPairSpec;
  if (!isKeySpec(spec) || !specFacts(spec).dataKeyPair)
    throw unsupportedHere(`KeyPairSpec ${spec} is not supported in this Region.`);
  const key = await openForDataKey(ctx, input);
  endDryRun(input.DryRun);
  const pair = await generatePair(spec);
  const encrypted = encryptUnder(ctx, key, 'SYMMETRIC_DEFAULT', pair.privateKey, input.EncryptionContext);
  await noteUse(ctx, key);
  return { ...encrypted, ...pair, key };
}

async function openForDataKey(ctx: Context, input: Pick<DataKeyInput, 'KeyId' | 'EncryptionContext'>): Promise<Key> {
  const key = await openKey(ctx, input.KeyId, true);
  checkCipher(key, 'SYMMETRIC_DEFAULT', ctx.operation, input.EncryptionContext);
  return key;
}

function lengthOf({ KeySpec, NumberOfBytes }: DataKeyInput): number {
  if ((KeySpec === undefined) === (NumberOfBytes === undefined))
    throw invalid('Please specify either number of bytes or key spec.');
  return NumberOfBytes ?? (KeySpec === 'AES_128' ? 16 : 32);
}

function dataKeyResource(input: Pick<DataKeyInput, 'KeyId' | 'GrantTokens'>, ctx: Context) {
  return keyResource(ctx, input.KeyId, { alias: true, grantTokens: input.GrantTokens });
}

function dataKeyConditions(input: Pick<DataKeyInput, 'EncryptionContext'>): Conditions {
  return { ...contextConditions(input.EncryptionContext), 'kms:EncryptionAlgorithm': 'SYMMETRIC_DEFAULT' };
}

function pairConditions(input: Pick<DataKeyPairInput, 'EncryptionContext' | 'KeyPairSpec'>): Conditions {
  return { ...dataKeyConditions(input), 'kms:DataKeyPairSpec': input.KeyPairSpec };
}

function materialOf(materialId: string | undefined): { readonly KeyMaterialId?: string } {
  return materialId === undefined ? {} : { KeyMaterialId: materialId };
}
