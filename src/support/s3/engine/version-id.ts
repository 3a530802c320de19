const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._';

/** The id of the one version that a bucket without versioning has of a key. */
export const nullVersion = 'null';

/**
 * A version id: 24 bytes as 32 characters. The first 6 are the version's number, under the 6 that follow, so that the record is found
 * without an index; the rest tells versions of one number apart.
 *
 * @param random 18 bytes
 */
export function versionIdOf(sequence: number, random: Uint8Array): string {
  const bytes = Buffer.alloc(24);
  bytes.writeUIntBE(sequence, 0, 6);
  bytes.set(random, 6);
  for (let at = 0; at < 6; at += 1) bytes[at] = (bytes[at] ?? 0) ^ (random[at] ?? 0);
  let text = '';
  for (let at = 0; at < 24; at += 3) {
    const group = bytes.readUIntBE(at, 3);
    for (const shift of [18, 12, 6, 0]) text += letters.charAt((group >> shift) & 63);
  }
  return text;
}

/** The number in a version id; undefined for text that is none. */
export function sequenceOf(versionId: string): number | undefined {
  if (versionId.length !== 32) return undefined;
  const bytes = Buffer.alloc(24);
  for (let at = 0; at < 8; at += 1) {
    let group = 0;
    for (let digit = 0; digit < 4; digit += 1) {
      const value = letters.indexOf(versionId.charAt(at * 4 + digit));
      if (value < 0) return undefined;
      group = group * 64 + value;
    }
    bytes.writeUIntBE(group, at * 3, 3);
  }
  for (let at = 0; at < 6; at += 1) bytes[at] = (bytes[at] ?? 0) ^ (bytes[at + 6] ?? 0);
  return bytes.readUIntBE(0, 6);
}
