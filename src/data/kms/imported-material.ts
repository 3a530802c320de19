import type { Context } from '#runtime/context.ts';
import type { ServiceError } from '#wire/service-error.ts';
import { failure, invalid, unsupportedHere } from './api.ts';
import type { KeyMaterial } from './crypto/material.ts';
import { keyArn } from './engine/identifiers.ts';
import { type KeyRow, keys, type MaterialRow } from './records.ts';
import { isReplica, pendingMaterial } from './state.ts';

/** What a client says about the material it brings. */
export type ImportFacts = {
  readonly ImportType?: 'NEW_KEY_MATERIAL' | 'EXISTING_KEY_MATERIAL' | undefined;
  readonly KeyMaterialId?: string | undefined;
  readonly KeyMaterialDescription?: string | undefined;
  readonly validTo: number | undefined;
};

/**
 * The key with the material in its place: back in an old one, as the first, or waiting for its rotation. Replicas of a multi-Region
 * key learn of new material here, and take it only when it is imported into each of them.
 *
 * @throws ServiceError IncorrectKeyMaterialException, KMSInvalidStateException, UnsupportedOperationException, ValidationException
 */
export async function placeMaterial(
  ctx: Context,
  row: KeyRow,
  material: KeyMaterial,
  facts: ImportFacts,
): Promise<KeyRow> {
  if (row.spec !== 'SYMMETRIC_DEFAULT') return placeOnly(row, material, facts);
  const known = row.materials.find(({ id }) => id === material.id);
  const type = facts.ImportType ?? (row.materials.length === 0 ? 'NEW_KEY_MATERIAL' : 'EXISTING_KEY_MATERIAL');
  if (facts.KeyMaterialId !== undefined) {
    if (facts.ImportType === 'NEW_KEY_MATERIAL')
      throw invalid('KeyMaterialId cannot be specified with ImportType NEW_KEY_MATERIAL.');
    if (facts.KeyMaterialId !== material.id)
      throw incorrect(`The key material does not have the ID ${facts.KeyMaterialId}.`);
  }
  if (type === 'EXISTING_KEY_MATERIAL') {
    if (known === undefined) throw incorrect('The key material was not imported into this key before.');
    return { ...row, materials: row.materials.map((each) => (each === known ? renewed(each, material, facts) : each)) };
  }
  if (isReplica(row)) throw unsupportedHere('New key material is imported into the primary key first.');
  if (known !== undefined) throw incorrect('The key material is already associated with this key.');
  return addNew(ctx, row, material, facts);
}

/** Keys that do not rotate keep the one material they got first. */
function placeOnly(row: KeyRow, material: KeyMaterial, facts: ImportFacts): KeyRow {
  const [first] = row.materials;
  if (first === undefined) return { ...row, materials: [renewed({ ...material, state: 'CURRENT' }, material, facts)] };
  if (first.id !== material.id)
    throw incorrect('The key material is not the one that was imported into this key before.');
  return { ...row, materials: [renewed(first, material, facts)] };
}

async function addNew(ctx: Context, row: KeyRow, material: KeyMaterial, facts: ImportFacts): Promise<KeyRow> {
  const arn = keyArn(row.account, row.region, row.keyId);
  const pending = pendingMaterial(row);
  if (pending !== undefined) {
    throw failure(
      'KMSInvalidStateException',
      `New key material (id: ${material.id}) cannot be imported into KMS key ${arn}, because another key material (id: ${pending.id}) is pending rotation.`,
    );
  }
  const state = row.materials.length === 0 ? 'CURRENT' : 'PENDING_ROTATION';
  const expected: MaterialRow = { id: material.id, sealed: undefined, publicKey: undefined, state };
  for (const region of row.multiRegion?.replicaRegions ?? []) {
    const records = ctx.records.at({ account: row.account, region });
    const replica = await records.get(keys, row.keyId);
    if (replica !== undefined)
      records.put(keys, row.keyId, { ...replica, materials: [...replica.materials, expected] });
  }
  return { ...row, materials: [...row.materials, renewed(expected, material, facts)] };
}

function renewed(place: MaterialRow, material: KeyMaterial, facts: ImportFacts): MaterialRow {
  return {
    ...place,
    ...material,
    validTo: facts.validTo,
    description: facts.KeyMaterialDescription ?? place.description,
  };
}

function incorrect(message: string): ServiceError {
  return failure('IncorrectKeyMaterialException', message);
}
