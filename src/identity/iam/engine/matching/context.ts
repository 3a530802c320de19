/**
 * The request context: what is known of a request, by condition key.
 *
 * Key names are case-insensitive, values are text (numbers and booleans are written out). A key without values is a key that
 * is not there (IAM user guide, condition operators, "null dataset").
 */

export type ContextValue = string | number | boolean | readonly (string | number | boolean)[] | null | undefined;
export type RequestContext = Readonly<Record<string, ContextValue>>;

/** What the engine reads: lower-case names, at least one value each. */
export type ContextMap = ReadonlyMap<string, readonly string[]>;

/**
 * Key names repeat from request to request: remember their lower-case form. Callers choose some names (tags, encryption
 * contexts), so neither many nor long ones are kept.
 */
const MAX_REMEMBERED = 4096;
const MAX_LENGTH = 128;
const lowered = new Map<string, string>();

/** Lower-case form of a condition key. */
export function keyOf(name: string): string {
  let key = lowered.get(name);
  if (key === undefined) {
    key = name.toLowerCase();
    if (name.length > MAX_LENGTH) return key;
    if (lowered.size >= MAX_REMEMBERED) lowered.clear();
    lowered.set(name, key);
  }
  return key;
}

/** @example contextMapOf({ 'aws:SourceIp': '192.0.2.1' }).get('aws:sourceip') // ['192.0.2.1'] */
export function contextMapOf(context: RequestContext): Map<string, readonly string[]> {
  const map = new Map<string, readonly string[]>();
  for (const name in context) {
    if (!Object.hasOwn(context, name)) continue;
    const value = context[name];
    if (value === undefined || value === null) continue;
    const values = typeof value === 'object' ? textsOf(value) : [String(value)];
    if (values.length > 0) map.set(keyOf(name), values);
  }
  return map;
}

function textsOf(values: readonly (string | number | boolean)[]): readonly string[] {
  return values.every((value) => typeof value === 'string') ? (values as readonly string[]) : values.map(String);
}
