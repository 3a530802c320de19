import type { XmlAttribute, XmlElement } from './xml.ts';

/**
 * Exclusive canonical XML without comments (W3C, Exclusive XML Canonicalization 1.0): an element as the bytes that signatures cover.
 *
 * @param without a descendant that is left out: the enveloped signature itself
 * @param inclusive prefixes handled as inclusive canonicalisation does (`InclusiveNamespaces/@PrefixList`)
 */
export function canonicalForm(
  element: XmlElement,
  without: XmlElement | undefined,
  inclusive: ReadonlySet<string>,
): string {
  return elementForm(element, new Map(), { without, inclusive });
}

type Rules = { readonly without: XmlElement | undefined; readonly inclusive: ReadonlySet<string> };

/** @param rendered prefix → namespace as the output has them here */
function elementForm(element: XmlElement, rendered: ReadonlyMap<string, string>, rules: Rules): string {
  const scope = new Map(rendered);
  const declarations = visiblyUsed(element, rules.inclusive)
    .filter(([prefix, namespace]) => (scope.get(prefix) ?? '') !== namespace)
    .sort(([a], [b]) => compare(a, b));
  for (const [prefix, namespace] of declarations) scope.set(prefix, namespace);
  const name = qualified(element);
  const head = [
    ...declarations.map(
      ([prefix, namespace]) => ` ${prefix === '' ? 'xmlns' : `xmlns:${prefix}`}="${escapeAttribute(namespace)}"`,
    ),
    ...[...element.attributes]
      .sort((a, b) => compare(a.namespace, b.namespace) || compare(a.local, b.local))
      .map((attribute) => ` ${qualified(attribute)}="${escapeAttribute(attribute.value)}"`),
  ].join('');
  const body = element.children
    .map((child) => {
      if (typeof child === 'string') return escapeText(child);
      return child === rules.without ? '' : elementForm(child, scope, rules);
    })
    .join('');
  return `<${name}${head}>${body}</${name}>`;
}

/** Namespaces that the element's own name and attributes use, and those of the inclusive prefixes that are in scope. */
function visiblyUsed(
  element: XmlElement,
  inclusive: ReadonlySet<string>,
): readonly (readonly [prefix: string, namespace: string])[] {
  const used = new Map<string, string>([[element.prefix, element.namespace]]);
  for (const { prefix, namespace } of element.attributes) if (prefix !== '') used.set(prefix, namespace);
  for (const listed of inclusive) {
    const prefix = listed === '#default' ? '' : listed;
    const namespace = inScope(element, prefix);
    if (namespace !== undefined) used.set(prefix, namespace);
  }
  // The prefix `xml` is never declared.
  used.delete('xml');
  return [...used];
}

function inScope(element: XmlElement, prefix: string): string | undefined {
  for (let scope: XmlElement | undefined = element; scope !== undefined; scope = scope.parent) {
    const namespace = scope.declarations.get(prefix);
    if (namespace !== undefined) return namespace;
  }
  return undefined;
}

function qualified({ prefix, local }: XmlElement | XmlAttribute): string {
  return prefix === '' ? local : `${prefix}:${local}`;
}

/** By code points, as the recommendation orders names. */
function compare(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

const textEscapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#xD;' };
const attributeEscapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
};

function escapeText(text: string): string {
  return text.replace(/[&<>\r]/g, (char) => textEscapes[char] ?? char);
}

function escapeAttribute(text: string): string {
  return text.replace(/[&<"\t\n\r]/g, (char) => attributeEscapes[char] ?? char);
}
