import { strict as assert } from 'node:assert';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { canonicalForm } from './canonical.ts';
import { readXml, textOf } from './xml.ts';

const refused: readonly string[] = [
  '',
  'text',
  '<a>',
  '<a></b>',
  '<a/><b/>',
  '<a b="1" b="2"/>',
  '<a xmlns:p="urn:p" xmlns:q="urn:p" p:b="1" q:b="2"/>',
  '<p:a/>',
  '<a b=1/>',
  '<a b="<"/>',
  '<!DOCTYPE a><a/>',
  '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
  '<a>&x;</a>',
  '<a>&#0;</a>',
  '<a>&#xD800;</a>',
  '<a>&amp</a>',
  '<a>]]></a>',
  '<a><?pi x?></a>',
  '<a><!-- a -- b --></a>',
  '<a><![CDATA[x</a>',
  '<a>\u0000</a>',
  '<a xmlns:xml="urn:x"/>',
  '<a'.repeat(100),
  `${'<a>'.repeat(100)}${'</a>'.repeat(100)}`,
];

describe('reading XML', () => {
  for (const text of refused) {
    it(`refuses ${JSON.stringify(text.slice(0, 60))}`, () => assert.equal(readXml(text), undefined));
  }

  it('takes the text around a comment as one', () => {
    const root = readXml('<?xml version="1.0"?>\n<!-- c --><a>admin@example<!-- x -->.evil</a>');
    assert.equal(root && textOf(root), 'admin@example.evil');
  });

  it('ends in a value, whatever comes in', () => {
    const piece = fc.constantFrom(
      '<',
      '>',
      '/',
      'a',
      'p:a',
      ' ',
      '=',
      '"',
      "'",
      '&',
      ';',
      '!--',
      '--',
      '![CDATA[',
      ']]>',
      '?',
      'xmlns',
      'xmlns:p',
      '\u0000',
      '#x41',
    );
    fc.assert(fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => void readXml(pieces.join(''))));
  });

  it('reads its own canonical form as the same', () => {
    const text = fc.string({ maxLength: 20 }).map((value) => value.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd]/g, ''));
    fc.assert(
      fc.property(text, text, (value, content) => {
        const escaped = (raw: string) => raw.replace(/[&<>"\r\n\t]/g, (char) => `&#${char.charCodeAt(0)};`);
        const first = readXml(`<a xmlns:p="urn:p" b="${escaped(value)}"><p:c>${escaped(content)}</p:c></a>`);
        assert.ok(first);
        const canonical = canonicalForm(first, undefined, new Set());
        const second = readXml(canonical);
        assert.ok(second);
        assert.equal(canonicalForm(second, undefined, new Set()), canonical);
        assert.equal(second.attributes[0]?.value, value);
      }),
    );
  });
});
