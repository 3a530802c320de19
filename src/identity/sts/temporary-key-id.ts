import { strict as assert } from 'node:assert';

/**
 * Ids of temporary access keys. As in AWS's own, the account stands in the id: the sixteen letters are ten bytes of base32, of whose
 * first six bytes bits 7 to 46 are the account number. The rest is random.
 */
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const accountShift = 7n;
const accountMask = (1n << 40n) - 1n;

/** @param random ten bytes */
export function temporaryKeyId(account: string, random: Uint8Array): string {
  assert(random.length === 10, 'INVARIANT: a key id has ten bytes');
  let bits = 0n;
  for (const byte of random) bits = (bits << 8n) | BigInt(byte);
  const place = accountShift + 32n;
  bits = (bits & ~(accountMask << place)) | (BigInt(account) << place);
  let letters = '';
  for (let shift = 75n; shift >= 0n; shift -= 5n) letters += alphabet[Number((bits >> shift) & 31n)];
  return `ASIA${letters}`;
}

/** @returns the account in a temporary access key's id; undefined when there is none in it */
export function accountInKeyId(accessKeyId: string): string | undefined {
  if (!/^ASIA[A-Z2-7]{16}$/.test(accessKeyId)) return undefined;
  let bits = 0n;
  for (const letter of accessKeyId.slice(4)) bits = (bits << 5n) | BigInt(alphabet.indexOf(letter));
  const account = (bits >> (accountShift + 32n)) & accountMask;
  return account > 999_999_999_999n ? undefined : String(account).padStart(12, '0');
}
