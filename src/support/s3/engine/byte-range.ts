/** Bytes of an object; `end` is exclusive. */
export type ByteRange = { readonly start: number; readonly end: number };

/**
 * Reads a `Range` header. Several ranges, other units and what makes no sense are ignored, as RFC 9110 §14.2 lets a server.
 *
 * @returns undefined: the whole object; `unsatisfiable`: none of its bytes
 */
export function parseRange(header: string | undefined, size: number): ByteRange | 'unsatisfiable' | undefined {
  const [, from = '', to = ''] = /^\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*$/i.exec(header ?? '') ?? [];
  if (from === '' && to === '') return undefined;
  if (from === '') {
    const count = Math.min(Number(to), size);
    return count === 0 ? 'unsatisfiable' : { start: size - count, end: size };
  }
  const start = Number(from);
  if (to !== '' && Number(to) < start) return undefined;
  if (start >= size) return 'unsatisfiable';
  return { start, end: to === '' ? size : Math.min(Number(to) + 1, size) };
}

/** `bytes=0-99` of a copied part: both ends, inside the source. */
export function parseCopyRange(header: string, size: number): ByteRange | 'malformed' | 'outside' {
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(header) ?? [];
  if (from === undefined || to === undefined || Number(from) > Number(to)) return 'malformed';
  return Number(to) >= size ? 'outside' : { start: Number(from), end: Number(to) + 1 };
}
