import { collection } from '#runtime/collection.ts';
import type { KeyMaterial } from './crypto/material.ts';
import type { GrantConstraints } from './engine/grants.ts';
import type { KeySpec, KeyUsage } from './engine/key-specs.ts';
import type { RotationSchedule } from './engine/rotation.ts';
import { lookupName } from './grant-principals.ts';

/** One key material of a key. Times in ms since the epoch. */
export type MaterialRow = Omit<KeyMaterial, 'sealed'> & {
  /** Undefined once imported material is deleted or expired, or not yet imported here. */
  readonly sealed: string | undefined;
  readonly state: 'CURRENT' | 'NON_CURRENT' | 'PENDING_ROTATION';
  readonly description?: string | undefined;
  /** Imported material that expires. */
  readonly validTo?: number | undefined;
  /** How it became current; absent for the first material. */
  readonly rotation?: { readonly at: number; readonly type: 'AUTOMATIC' | 'ON_DEMAND' } | undefined;
};

/** What a multi-Region key knows of its relatives: every one of them holds the same. */
export type MultiRegionRow = { readonly primaryRegion: string; readonly replicaRegions: readonly string[] };

/** A key. Its state follows from `enabled`, `deletion` and `materials`: see state.ts. */
export type KeyRow = {
  readonly keyId: string;
  readonly account: string;
  readonly region: string;
  readonly spec: KeySpec;
  readonly usage: KeyUsage;
  readonly origin: 'AWS_KMS' | 'EXTERNAL';
  readonly manager: 'AWS' | 'CUSTOMER';
  readonly description: string;
  readonly created: number;
  readonly enabled: boolean;
  readonly policy: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Names of the aliases that point here; kept with the key because every request is authorised against them. */
  readonly aliases: readonly string[];
  /** Number of grants, so that keys without any cost no search. */
  readonly grants: number;
  /** Oldest first. */
  readonly materials: readonly MaterialRow[];
  readonly schedule: RotationSchedule | undefined;
  readonly onDemandRotations: number;
  readonly multiRegion: MultiRegionRow | undefined;
  /** `at` undefined: a primary key that waits for its replicas to be deleted. */
  readonly deletion: { readonly at: number | undefined; readonly windowDays: number } | undefined;
};

export type AliasRow = { readonly keyId: string; readonly created: number; readonly updated: number };

export type GrantRow = {
  readonly grantId: string;
  readonly keyId: string;
  readonly name: string | undefined;
  /** Either this or the service. Users and roles here are pinned: see grant-principals.ts. */
  readonly granteePrincipal: string | undefined;
  readonly granteeServicePrincipal?: string | undefined;
  /** This, the service, or neither. */
  readonly retiringPrincipal: string | undefined;
  readonly retiringServicePrincipal?: string | undefined;
  readonly operations: readonly string[];
  readonly constraints: GrantConstraints | undefined;
  readonly issuingAccount: string;
  readonly created: number;
};

/**
 * Where the grants are that a principal of this account may retire: keys of other accounts included. A service's entries are in the
 * account of the key.
 */
export type RetirableRow = { readonly principal: string; readonly keyAccount: string; readonly grantId: string };

export type UsageRow = { readonly operation: string; readonly at: number; readonly requestId: string };

/** Id: the key id. */
export const keys = collection<KeyRow>('kms/key', 'regional');
/** Id: the name with its prefix, `alias/app`. */
export const aliases = collection<AliasRow>('kms/alias', 'regional', { 'by-key': (row) => [row.keyId] });
/** Id: the grant id. */
export const grants = collection<GrantRow>('kms/grant', 'regional', {
  'by-key': (row) => [row.keyId],
  'by-grantee': (row) => [granteeKey(row.keyId, lookupName(granteeOf(row)))],
  'by-name': (row) => (row.name === undefined ? [] : [`${row.keyId}|${row.name}`]),
});
/** Id: the grant id. */
export const retirables = collection<RetirableRow>('kms/retirable-grant', 'regional', {
  'by-principal': (row) => [lookupName(row.principal)],
});
/** Id: the key id. */
export const usages = collection<UsageRow>('kms/key-usage', 'regional');

/** @param principal as `lookupName` has it */
export function granteeKey(keyId: string, principal: string): string {
  return `${keyId}|${principal}`;
}

/** Name, as kept, of whom the grant is for. */
export function granteeOf(grant: Pick<GrantRow, 'granteePrincipal' | 'granteeServicePrincipal'>): string {
  return grant.granteePrincipal ?? grant.granteeServicePrincipal ?? '';
}

/** Name, as kept, of who may retire the grant. */
export function retirerOf(grant: Pick<GrantRow, 'retiringPrincipal' | 'retiringServicePrincipal'>): string | undefined {
  return grant.retiringPrincipal ?? grant.retiringServicePrincipal;
}
