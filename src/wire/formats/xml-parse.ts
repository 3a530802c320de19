import { Malformed, maxDepth, tooDeep } from './malformed.ts';

/** An element. Prefixes are cut from element names and kept in attribute names (`xsi:type`). */
export type XmlNode = {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlNode[];
  /** Character data directly inside, with references resolved. */
  text: string;
};

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const nameAt = /[A-Za-z_\u0080-\uffff][\w.:\-\u0080-\uffff]*/y;
const attributeAt = /\s+([A-Za-z_][\w.:-]*)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y;
const spaceAt = /\s*/y;

/**
 * Document → root element. A small, strict XML 1.0: no document type, no entities but the five, nesting up to 64.
 *
 * @throws Malformed
 * @example parseXml('<Delete><Object><Key>a</Key></Object></Delete>').name // 'Delete'
 */
export function parseXml(text: string): XmlNode {
  const root: XmlNode = { name: '', attributes: new Map(), children: [], text: '' };
  const open: XmlNode[] = [root];
  // A byte order mark is the one thing allowed before the declaration.
  let at = text.startsWith('\ufeff') ? 1 : 0;
  while (at < text.length) {
    const parent = open.at(-1) as XmlNode;
    if (text.charCodeAt(at) !== 60) {
      const end = text.indexOf('<', at);
      const stop = end < 0 ? text.length : end;
      parent.text += unescapeXml(text.slice(at, stop));
      at = stop;
    } else if (text.startsWith('</', at)) at = closeTag(text, at, open);
    else if (text.startsWith('<!--', at)) at = after(text, '-->', at + 4);
    else if (text.startsWith('<![CDATA[', at)) {
      const end = after(text, ']]>', at + 9);
      parent.text += text.slice(at + 9, end - 3);
      at = end;
    } else if (text.startsWith('<?', at)) at = after(text, '?>', at + 2);
    else at = openTag(text, at, open);
  }
  const [only, ...more] = root.children;
  if (open.length !== 1 || only === undefined || more.length > 0 || root.text.trim() !== '') throw bad('document');
  return only;
}

function openTag(text: string, at: number, open: XmlNode[]): number {
  // `<!DOCTYPE` ends up here too: `!` begins no name.
  const name = match(nameAt, text, at + 1)?.[0];
  if (name === undefined) throw bad('tag');
  if (open.length > maxDepth) throw tooDeep();
  let next = at + 1 + name.length;
  const attributes = new Map<string, string>();
  for (let m = match(attributeAt, text, next); m !== null; m = match(attributeAt, text, next)) {
    attributes.set(m[1] as string, unescapeXml(m[2] ?? m[3] ?? ''));
    next += m[0].length;
  }
  next += match(spaceAt, text, next)?.[0].length ?? 0;
  const node: XmlNode = { name: localName(name), attributes, children: [], text: '' };
  (open.at(-1) as XmlNode).children.push(node);
  if (text.startsWith('/>', next)) return next + 2;
  if (text.charCodeAt(next) !== 62) throw bad('tag');
  open.push(node);
  return next + 1;
}

function closeTag(text: string, at: number, open: XmlNode[]): number {
  const name = match(nameAt, text, at + 2)?.[0] ?? '';
  const end = at + 2 + name.length;
  const next = end + (match(spaceAt, text, end)?.[0].length ?? 0);
  const node = open.pop();
  if (node === undefined || open.length === 0 || node.name !== localName(name) || text.charCodeAt(next) !== 62)
    throw bad('end tag');
  return next + 1;
}

function unescapeXml(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&([^;&\s]{0,12};?)/g, (_, body: string) => {
    if (!body.endsWith(';')) throw bad('reference');
    const name = body.slice(0, -1);
    if (Object.hasOwn(entities, name)) return entities[name] as string;
    const m = /^#(?:x([0-9a-fA-F]{1,6})|(\d{1,7}))$/.exec(name);
    const code = m === null ? -1 : m[1] === undefined ? Number(m[2]) : Number.parseInt(m[1], 16);
    // NUL and lone surrogates are no characters anywhere in XML.
    if (code <= 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) throw bad('reference');
    return String.fromCodePoint(code);
  });
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function after(text: string, end: string, from: number): number {
  const at = text.indexOf(end, from);
  if (at < 0) throw bad('end');
  return at + end.length;
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function bad(what: string): Malformed {
  return new Malformed(`The XML you provided was not well-formed (${what})`);
}
