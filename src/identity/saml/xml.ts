/**
 * XML as SAML uses it, read strictly: no document type, no entities but the five, no processing instructions, bounded depth.
 *
 * Names keep their prefixes and namespaces, text keeps its place: the canonical form that signatures are made over is written from the
 * same tree that is read, so that nobody can show one thing to the signature and another to the reader. Comments are dropped, as
 * canonical XML drops them, and the text around one is one text.
 */
export type XmlElement = {
  readonly prefix: string;
  readonly local: string;
  /** Namespace URI; '' for none. */
  readonly namespace: string;
  readonly attributes: readonly XmlAttribute[];
  /** Namespace declarations made here: prefix ('' for the default) → URI. */
  readonly declarations: ReadonlyMap<string, string>;
  readonly children: readonly (XmlElement | string)[];
  readonly parent: XmlElement | undefined;
};

export type XmlAttribute = {
  readonly prefix: string;
  readonly local: string;
  readonly namespace: string;
  readonly value: string;
};

type Building = { -readonly [K in keyof XmlElement]: XmlElement[K] } & { children: (XmlElement | string)[] };

const maxDepth = 64;
const xmlNamespace = 'http://www.w3.org/XML/1998/namespace';
const references: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const nameAt = /(?:([A-Za-z_][\w.-]*):)?([A-Za-z_][\w.-]*)/y;
const attributeAt = /\s+((?:[A-Za-z_][\w.-]*:)?[A-Za-z_][\w.-]*)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y;
const endAt = /\s*(\/?)>/y;
const closeAt = /\s*>/y;
const declarationAt = /<\?xml\s[^?<>]*\?>/y;

class Malformed extends Error {}

/** @returns the root element; undefined for anything but one well-formed document */
export function readXml(text: string): XmlElement | undefined {
  try {
    return new Reader(text.replace(/\r\n?/g, '\n')).document();
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

/** Text directly inside an element. */
export function textOf(element: XmlElement): string {
  return element.children.filter((child) => typeof child === 'string').join('');
}

/** Child elements of a name. */
export function childrenOf(element: XmlElement, namespace: string, local: string): readonly XmlElement[] {
  return element.children.filter(
    (child): child is XmlElement => typeof child !== 'string' && child.local === local && child.namespace === namespace,
  );
}

/** The one child element of a name; undefined when there is none, or more than one. */
export function childOf(element: XmlElement, namespace: string, local: string): XmlElement | undefined {
  const found = childrenOf(element, namespace, local);
  return found.length === 1 ? found[0] : undefined;
}

/** Value of an attribute without namespace. */
export function attributeOf(element: XmlElement, local: string): string | undefined {
  return element.attributes.find((attribute) => attribute.local === local && attribute.namespace === '')?.value;
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text.startsWith('\ufeff') ? text.slice(1) : text;
  }

  document(): XmlElement {
    this.#match(declarationAt);
    this.#skipMisc();
    const root = this.#element(undefined);
    this.#skipMisc();
    if (this.#at !== this.#text.length) throw new Malformed();
    return root;
  }

  /** The elements open at once are on a list, not on the stack of calls. */
  #element(parent: Building | undefined): XmlElement {
    let current = parent;
    for (let depth = 0; ; ) {
      if (this.#text.startsWith('</', this.#at)) {
        if (current === undefined) throw new Malformed();
        this.#closeTag(current);
        depth -= 1;
        if (depth === 0) return current;
        current = current.parent as Building;
      } else if (this.#text.startsWith('<!--', this.#at)) this.#skipComment();
      else if (this.#text.startsWith('<![CDATA[', this.#at)) addText(current, this.#cdata());
      else if (this.#text[this.#at] === '<') {
        const { element, empty } = this.#openTag(current);
        current?.children.push(element);
        if (!empty) {
          current = element;
          depth += 1;
          if (depth > maxDepth) throw new Malformed();
        } else if (depth === 0) return element;
      } else addText(current, this.#characters());
    }
  }

  #openTag(parent: Building | undefined): { readonly element: Building; readonly empty: boolean } {
    this.#at += 1;
    const [, prefix = '', local = ''] = this.#required(nameAt);
    const raw: (readonly [prefix: string, local: string, value: string])[] = [];
    const declarations = new Map<string, string>();
    for (let match = this.#match(attributeAt); match !== null; match = this.#match(attributeAt)) {
      const [attributePrefix, attributeLocal] = split(match[1] ?? '');
      // Attribute values are normalised: white space becomes spaces (XML 1.0 §3.3.3).
      const value = resolve((match[2] ?? match[3] ?? '').replace(/[\t\n]/g, ' '));
      const declared =
        attributePrefix === 'xmlns'
          ? attributeLocal
          : attributePrefix === '' && attributeLocal === 'xmlns'
            ? ''
            : undefined;
      if (declared === undefined) raw.push([attributePrefix, attributeLocal, value]);
      else if (
        declarations.has(declared) ||
        declared === 'xml' ||
        declared === 'xmlns' ||
        (declared !== '' && value === '')
      )
        throw new Malformed();
      else declarations.set(declared, value);
    }
    const empty = this.#required(endAt)[1] === '/';
    const element: Building = { prefix, local, namespace: '', attributes: [], declarations, children: [], parent };
    element.namespace = namespaceOf(element, prefix);
    element.attributes = raw.map(([attributePrefix, attributeLocal, value]) => ({
      prefix: attributePrefix,
      local: attributeLocal,
      namespace: attributePrefix === '' ? '' : namespaceOf(element, attributePrefix),
      value,
    }));
    const names = new Set(element.attributes.map((attribute) => `${attribute.namespace} ${attribute.local}`));
    if (names.size < element.attributes.length) throw new Malformed();
    return { element, empty };
  }

  #closeTag({ prefix, local }: XmlElement): void {
    this.#at += 2;
    const [, closedPrefix = '', closedLocal = ''] = this.#required(nameAt);
    if (closedPrefix !== prefix || closedLocal !== local) throw new Malformed();
    this.#required(closeAt);
  }

  #characters(): string {
    const end = this.#text.indexOf('<', this.#at);
    if (end < 0) throw new Malformed();
    const raw = this.#text.slice(this.#at, end);
    if (raw.includes(']]>')) throw new Malformed();
    this.#at = end;
    return resolve(raw);
  }

  #cdata(): string {
    const end = this.#text.indexOf(']]>', this.#at);
    if (end < 0) throw new Malformed();
    const text = this.#text.slice(this.#at + 9, end);
    this.#at = end + 3;
    return text;
  }

  #skipComment(): void {
    const end = this.#text.indexOf('--', this.#at + 4);
    if (end < 0 || this.#text[end + 2] !== '>') throw new Malformed();
    this.#at = end + 3;
  }

  #skipMisc(): void {
    for (;;) {
      while (/\s/.test(this.#text[this.#at] ?? '')) this.#at += 1;
      if (!this.#text.startsWith('<!--', this.#at)) return;
      this.#skipComment();
    }
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match !== null) this.#at += match[0].length;
    return match;
  }

  #required(pattern: RegExp): RegExpExecArray {
    const match = this.#match(pattern);
    if (match === null) throw new Malformed();
    return match;
  }
}

function addText(parent: Building | undefined, text: string): void {
  if (parent === undefined) throw new Malformed();
  if (text === '') return;
  const { children } = parent;
  const last = children.at(-1);
  if (typeof last === 'string') children[children.length - 1] = last + text;
  else children.push(text);
}

function split(name: string): readonly [prefix: string, local: string] {
  const colon = name.indexOf(':');
  return colon < 0 ? ['', name] : [name.slice(0, colon), name.slice(colon + 1)];
}

function namespaceOf(element: XmlElement, prefix: string): string {
  if (prefix === 'xml') return xmlNamespace;
  for (let scope: XmlElement | undefined = element; scope !== undefined; scope = scope.parent) {
    const found = scope.declarations.get(prefix);
    if (found !== undefined) return found;
  }
  if (prefix !== '') throw new Malformed();
  return '';
}

function resolve(text: string): string {
  // Control characters are no part of XML 1.0.
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(text)) throw new Malformed();
  if (!text.includes('&')) return text;
  return text.replace(/&([^;&\s]{0,10};?)/g, (_, body: string) => {
    if (!body.endsWith(';')) throw new Malformed();
    const name = body.slice(0, -1);
    if (Object.hasOwn(references, name)) return references[name] as string;
    const match = /^#(?:x([0-9a-fA-F]{1,6})|(\d{1,7}))$/.exec(name);
    const code = match === null ? -1 : match[1] === undefined ? Number(match[2]) : Number.parseInt(match[1], 16);
    const allowed =
      code === 9 ||
      code === 10 ||
      code === 13 ||
      (code >= 32 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff));
    if (!allowed) throw new Malformed();
    return String.fromCodePoint(code);
  });
}
