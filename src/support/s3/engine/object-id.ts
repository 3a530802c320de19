/*
 * Ids of objects and versions, in the binary order of keys. A version's id is its key's, a separator that sorts before every character,
 * and its number counted down, so that newer ones come first. The three lowest characters of a key are written
 * as two, neither of which is the separator.
 */
const separator = '\u0001';
const low = /[\u0000-\u0002]/g;
const lowWritten = /\u0002([\u0003-\u0005])/g;

/** @example objectId('b1', 'photos/a.png') // 'b1/photos/a.png' */
export function objectId(bucket: string, key: string): string {
  return `${bucket}/${written(key)}`;
}

/** Beginning of the ids of keys that begin with `prefix`. */
export function idPrefix(bucket: string, prefix: string): string {
  return `${bucket}/${written(prefix)}`;
}

export function keyOf(id: string): string {
  const from = id.indexOf('/') + 1;
  const to = id.indexOf(separator, from);
  const text = to < 0 ? id.slice(from) : id.slice(from, to);
  return text.includes('\u0002')
    ? text.replace(lowWritten, (_, next: string) => String.fromCharCode(next.charCodeAt(0) - 3))
    : text;
}

/** Versions of a key; those of other keys do not begin like this. */
export function versionPrefix(bucket: string, key: string): string {
  return objectId(bucket, key) + separator;
}

export function versionRecordId(bucket: string, key: string, sequence: number): string {
  return versionPrefix(bucket, key) + String(Number.MAX_SAFE_INTEGER - sequence).padStart(16, '0');
}

/** Above every id that begins with `id`: a key has 1,024 bytes at most, and this is longer. */
export function pastPrefix(id: string): string {
  return id + highest;
}
const highest = '\u{10ffff}'.repeat(260);

/** Above every version of a key, below the next key. */
export function pastVersions(bucket: string, key: string): string {
  return `${versionPrefix(bucket, key)}:`;
}

function written(key: string): string {
  return /[\u0000-\u0002]/.test(key)
    ? key.replace(low, (character) => `\u0002${String.fromCharCode(character.charCodeAt(0) + 3)}`)
    : key;
}
