import type { Output } from './api.ts';
import { keyArn } from './engine/identifiers.ts';
import { specFacts } from './engine/key-specs.ts';
import type { KeyState } from './engine/key-states.ts';
import type { KeyRow } from './records.ts';
import { currentMaterial, isReplica, stateOf } from './state.ts';

export type KeyMetadata = NonNullable<Output<'DescribeKey'>['KeyMetadata']>;

/** Specs that came after the member `CustomerMasterKeySpec` was deprecated are not in its enumeration. */
const newSpecs = /^(ML_DSA|ECC_NIST_EDWARDS)/;

/** A key as DescribeKey answers it; members as recorded from AWS. */
export function metadataOf(row: KeyRow, state: KeyState = stateOf(row)): KeyMetadata {
  const current = currentMaterial(row);
  return {
    AWSAccountId: row.account,
    KeyId: row.keyId,
    Arn: keyArn(row.account, row.region, row.keyId),
    CreationDate: new Date(row.created),
    Enabled: state === 'Enabled',
    Description: row.description,
    KeyUsage: row.usage,
    KeyState: state,
    Origin: row.origin,
    KeyManager: row.manager,
    KeySpec: row.spec,
    ...(newSpecs.test(row.spec)
      ? {}
      : { CustomerMasterKeySpec: row.spec as NonNullable<KeyMetadata['CustomerMasterKeySpec']> }),
    ...algorithmsOf(row),
    ...(row.spec === 'SYMMETRIC_DEFAULT' && current !== undefined && state !== 'Creating'
      ? { CurrentKeyMaterialId: current.id }
      : {}),
    ...expirationOf(row),
    ...deletionOf(row),
    MultiRegion: row.multiRegion !== undefined,
    ...multiRegionOf(row),
  };
}

/** The algorithms of the key's usage, as DescribeKey and GetPublicKey list them. */
export function algorithmsOf(row: KeyRow): Partial<KeyMetadata> {
  const facts = specFacts(row.spec);
  switch (row.usage) {
    case 'ENCRYPT_DECRYPT':
      return { EncryptionAlgorithms: [...facts.encryption] };
    case 'SIGN_VERIFY':
      return { SigningAlgorithms: [...facts.signing] };
    case 'GENERATE_VERIFY_MAC':
      return { MacAlgorithms: [...facts.mac] };
    case 'KEY_AGREEMENT':
      return { KeyAgreementAlgorithms: [...facts.agreement] };
  }
}

function expirationOf(row: KeyRow): Partial<KeyMetadata> {
  const current = currentMaterial(row);
  if (row.origin !== 'EXTERNAL' || current?.sealed === undefined) return {};
  if (current.validTo === undefined) return { ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' };
  return { ExpirationModel: 'KEY_MATERIAL_EXPIRES', ValidTo: new Date(current.validTo) };
}

function deletionOf({ deletion }: KeyRow): Partial<KeyMetadata> {
  if (deletion === undefined) return {};
  return deletion.at === undefined
    ? { PendingDeletionWindowInDays: deletion.windowDays }
    : { DeletionDate: new Date(deletion.at) };
}

function multiRegionOf(row: KeyRow): Partial<KeyMetadata> {
  if (row.multiRegion === undefined) return {};
  const { primaryRegion, replicaRegions } = row.multiRegion;
  const at = (region: string) => ({ Arn: keyArn(row.account, region, row.keyId), Region: region });
  return {
    MultiRegionConfiguration: {
      MultiRegionKeyType: isReplica(row) ? 'REPLICA' : 'PRIMARY',
      PrimaryKey: at(primaryRegion),
      ReplicaKeys: replicaRegions.map(at),
    },
  };
}
