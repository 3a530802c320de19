/**
 * Input that does not fit its shape. Thrown by the format readers; each protocol turns it into its own ServiceError
 * (SerializationException, MalformedInput, MalformedXML).
 */
export class Malformed extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Malformed';
  }
}

/**
 * Deepest nesting of a value. No API nests deeper than about 20 (WAF statements, filter expressions), and every recursive
 * reader and writer uses one stack frame or two per level.
 */
export const maxDepth = 64;

/** AWS's text for a value of the wrong type: `NUMBER_VALUE can not be converted to a String`. */
export function notA(value: unknown, wanted: string): Malformed {
  if (Array.isArray(value)) return new Malformed('Start of list found where not expected');
  if (typeof value === 'object' && value !== null)
    return new Malformed('Start of structure or map found where not expected');
  const article = /^[AEIOU]/.test(wanted) ? 'an' : 'a';
  return new Malformed(`${tokenOf(value)} can not be converted to ${article} ${wanted}`);
}

export function tooDeep(): Malformed {
  return new Malformed(`Nesting is deeper than ${maxDepth} levels`);
}

function tokenOf(value: unknown): string {
  if (value === true) return 'TRUE_VALUE';
  if (value === false) return 'FALSE_VALUE';
  if (typeof value === 'number' || typeof value === 'bigint') return 'NUMBER_VALUE';
  return typeof value === 'string' ? 'STRING_VALUE' : 'NULL_VALUE';
}
