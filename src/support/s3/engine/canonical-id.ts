/*
 * S3 names accounts by 64 hexadecimal digits in ACLs. They are no secret. Ours can be turned back into the account: 52 digits that follow
 * from it, and its own 12 digits shifted by those, so that an id with a slip in it is found out.
 */
const digits = 12;

/** @example canonicalId('111122223333').length // 64 */
export function canonicalId(account: string): string {
  const digest = mixed(account);
  let id = digest;
  for (let at = 0; at < digits; at += 1) id += ((nibble(digest, at) + nibble(account, at)) & 15).toString(16);
  return id;
}

/** The account behind an id; undefined for ids that are not ours. */
export function accountOfCanonicalId(id: string): string | undefined {
  if (!/^[0-9a-f]{64}$/.test(id)) return undefined;
  let account = '';
  for (let at = 0; at < digits; at += 1) account += ((nibble(id, 64 - digits + at) - nibble(id, at)) & 15).toString(16);
  return /^\d{12}$/.test(account) && canonicalId(account) === id ? account : undefined;
}

function nibble(text: string, at: number): number {
  return Number.parseInt(text.charAt(at), 16);
}

/** 52 digits, spread by the finalizer of MurmurHash3. */
function mixed(account: string): string {
  let text = '';
  let state = 0x9e3779b9;
  for (let round = 0; text.length < 64 - digits; round += 1) {
    for (let at = 0; at < account.length; at += 1) state = stirred(state ^ (account.charCodeAt(at) + round * 0x101));
    text += (state >>> 0).toString(16).padStart(8, '0');
  }
  return text.slice(0, 64 - digits);
}

function stirred(value: number): number {
  let next = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  next = Math.imul(next ^ (next >>> 13), 0xc2b2ae35);
  return next ^ (next >>> 16);
}
