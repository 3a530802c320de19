/** Why a set of tags is refused: S3's code, text and members. */
export type TagFault = { readonly code: string; readonly message: string; readonly members?: Record<string, string> };

export type Tag = { readonly Key?: string | undefined; readonly Value?: string | undefined };
export type TagRecord = Readonly<Record<string, string>>;

const allowed = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/**
 * Checks tags (S3 user guide, "Categorizing your storage using tags").
 *
 * @param most 10 for objects, 50 for buckets
 */
export function tagFault(tags: readonly Tag[], most: number): TagFault | undefined {
  if (tags.length > most) {
    const of = most === 10 ? 'Object tags' : 'Bucket tag count';
    return { code: 'BadRequest', message: `${of} cannot be greater than ${most}` };
  }
  const seen = new Set<string>();
  for (const { Key: key = '', Value: value = '' } of tags) {
    if (seen.has(key)) return fault('Cannot provide multiple Tags with the same key', { TagKey: key });
    seen.add(key);
    if (key.startsWith('aws:')) return fault('System tags cannot be added/updated by requester', { TagKey: key });
    if (key === '' || key.length > 128 || !allowed.test(key))
      return fault('The TagKey you have provided is invalid', { TagKey: key });
    if (value.length > 256 || !allowed.test(value))
      return fault('The TagValue you have provided is invalid', { TagKey: key, TagValue: value });
  }
  return undefined;
}

export function tagRecord(tags: readonly Tag[]): TagRecord | undefined {
  if (tags.length === 0) return undefined;
  return Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));
}

export function tagSet(tags: TagRecord | undefined): { Key: string; Value: string }[] {
  return Object.entries(tags ?? {}).map(([Key, Value]) => ({ Key, Value }));
}

/** Reads `x-amz-tagging`: URL-encoded pairs. Undefined where it is none, or a name comes twice. */
export function parseTagHeader(text: string): readonly Tag[] | undefined {
  const tags: { Key: string; Value: string }[] = [];
  for (const part of text.split('&')) {
    if (part === '') continue;
    const [name = '', ...rest] = part.split('=');
    if (rest.length > 1) return undefined;
    try {
      tags.push({ Key: plain(name), Value: plain(rest[0] ?? '') });
    } catch {
      return undefined;
    }
  }
  return new Set(tags.map(({ Key }) => Key)).size === tags.length ? tags : undefined;
}

function plain(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}

function fault(message: string, members: Record<string, string>): TagFault {
  return { code: 'InvalidTag', message, members };
}
