import { type Refusal, refusal } from './refusal.ts';

/** A key as a request names it, after parsing. Account and region are those of the ARN, else the caller's. */
export type KeyReference =
  | { readonly kind: 'key'; readonly account: string; readonly region: string; readonly keyId: string }
  | { readonly kind: 'alias'; readonly account: string; readonly region: string; readonly alias: string };

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const MULTI_REGION = /^mrk-[0-9a-f]{32}$/i;

export function isMultiRegionId(keyId: string): boolean {
  return keyId.startsWith('mrk-');
}

export function isKeyId(text: string): boolean {
  return UUID.test(text) || MULTI_REGION.test(text);
}

export function keyArn(account: string, region: string, keyId: string): string {
  return `arn:aws:kms:${region}:${account}:key/${keyId}`;
}

export function aliasArn(account: string, region: string, alias: string): string {
  return `arn:aws:kms:${region}:${account}:${alias}`;
}

/**
 * Reads a key id, key ARN, alias name or alias ARN. Texts: recordings of AWS.
 *
 * @param allowAlias false for the operations whose model takes key ids and key ARNs only
 * @example parseReference('alias/app', '111122223333', 'eu-west-1', true)
 */
export function parseReference(
  text: string,
  account: string,
  region: string,
  allowAlias: boolean,
): { readonly reference: KeyReference } | { readonly refusal: Refusal } {
  if (text.startsWith('arn:')) return parseArn(text, region, allowAlias);
  if (text.startsWith('alias/')) {
    if (allowAlias) return { reference: { kind: 'alias', account, region, alias: text } };
    return notFound(`Invalid keyId '${text}'`);
  }
  if (isKeyId(text)) return { reference: { kind: 'key', account, region, keyId: text.toLowerCase() } };
  return notFound(`Invalid keyId '${text}'`);
}

function parseArn(
  text: string,
  region: string,
  allowAlias: boolean,
): { readonly reference: KeyReference } | { readonly refusal: Refusal } {
  const [, partition, service, arnRegion = '', account = '', ...rest] = text.split(':');
  const resource = rest.join(':');
  if (partition !== 'aws' || service !== 'kms' || !/^[0-9]{12}$/.test(account) || resource === '') {
    return notFound(`Invalid arn ${text}`);
  }
  if (arnRegion !== region) return notFound(`Invalid arn ${arnRegion}`);
  if (resource.startsWith('alias/')) {
    if (allowAlias) return { reference: { kind: 'alias', account, region, alias: resource } };
    return notFound(`Invalid keyId '${text}'`);
  }
  const keyId = resource.startsWith('key/') ? resource.slice(4) : '';
  if (!isKeyId(keyId)) return notFound(`Invalid keyId '${keyId === '' ? text : keyId}'`);
  return { reference: { kind: 'key', account, region, keyId: keyId.toLowerCase() } };
}

/** Text: recordings of AWS. */
export function keyNotFound(arn: string): Refusal {
  return refusal('NotFoundException', `Key '${arn}' does not exist`);
}

export function aliasNotFound(arn: string): Refusal {
  return refusal('NotFoundException', `Alias ${arn} is not found.`);
}

function notFound(message: string): { readonly refusal: Refusal } {
  return { refusal: refusal('NotFoundException', message) };
}
