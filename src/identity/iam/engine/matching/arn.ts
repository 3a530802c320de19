import type { TemplateToken } from './template.ts';

/**
 * Amazon Resource Names: `arn:partition:service:region:account:resource`. Only the first five colons separate; the resource
 * may hold more of them.
 */
export type ArnParts = readonly [string, string, string, string, string, string];

/** Undefined when there are fewer than six parts. */
export function arnPartsOf(text: string): ArnParts | undefined {
  const a = text.indexOf(':');
  const b = a === -1 ? -1 : text.indexOf(':', a + 1);
  const c = b === -1 ? -1 : text.indexOf(':', b + 1);
  const d = c === -1 ? -1 : text.indexOf(':', c + 1);
  const e = d === -1 ? -1 : text.indexOf(':', d + 1);
  if (e === -1) return undefined;
  return [
    text.slice(0, a),
    text.slice(a + 1, b),
    text.slice(b + 1, c),
    text.slice(c + 1, d),
    text.slice(d + 1, e),
    text.slice(e + 1),
  ];
}

/** Cuts a template at its first five plain colons: the colons inside `${aws:username}` do not count. At most six parts. */
export function arnTokensOf(tokens: readonly TemplateToken[]): readonly (readonly TemplateToken[])[] {
  const parts: TemplateToken[][] = [[]];
  for (const token of tokens) {
    if (typeof token !== 'string') {
      parts[parts.length - 1]?.push(token);
      continue;
    }
    let rest = token;
    while (parts.length < 6) {
      const colon = rest.indexOf(':');
      if (colon === -1) break;
      if (colon > 0) parts[parts.length - 1]?.push(rest.slice(0, colon));
      parts.push([]);
      rest = rest.slice(colon + 1);
    }
    if (rest !== '') parts[parts.length - 1]?.push(rest);
  }
  return parts;
}

/** Twelve digits. */
export function isAccountId(text: string): boolean {
  if (text.length !== 12) return false;
  for (let at = 0; at < 12; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x30 || code > 0x39) return false;
  }
  return true;
}
