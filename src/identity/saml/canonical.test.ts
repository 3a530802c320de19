import { strict as assert } from 'node:assert';
import { describe, it } from 'node:test';
import { canonicalForm } from './canonical.ts';
import { childOf, readXml, type XmlElement } from './xml.ts';

function read(text: string): XmlElement {
  const root = readXml(text);
  assert.ok(root, text);
  return root;
}

const cases: readonly (readonly [what: string, text: string, canonical: string])[] = [
  ['an empty element', '<a/>', '<a></a>'],
  [
    'attributes in order of namespace and name',
    '<a b="2" xmlns:p="urn:p" p:a="3" a="1"/>',
    '<a xmlns:p="urn:p" a="1" b="2" p:a="3"></a>',
  ],
  ['namespaces that nothing uses', '<a xmlns:p="urn:p"><b/></a>', '<a><b></b></a>'],
  [
    'namespaces where they are used first',
    '<a xmlns:p="urn:p"><p:b/><p:c/></a>',
    '<a><p:b xmlns:p="urn:p"></p:b><p:c xmlns:p="urn:p"></p:c></a>',
  ],
  ['a default namespace taken back', '<a xmlns="urn:a"><b xmlns=""/></a>', '<a xmlns="urn:a"><b xmlns=""></b></a>'],
  ['quotes and white space in attributes', "<a b='\"&#9;&#10;&#13; x\ty'/>", '<a b="&quot;&#x9;&#xA;&#xD; x y"></a>'],
  ['text', '<a>&lt;&gt;&amp;"&#13;<![CDATA[<&]]></a>', '<a>&lt;&gt;&amp;"&#xD;&lt;&amp;</a>'],
  ['comments', '<a>x<!-- no -->y</a>', '<a>xy</a>'],
  ['line ends', '<a>\r\n\r</a>', '<a>\n\n</a>'],
];

describe('exclusive canonical XML', () => {
  for (const [what, text, canonical] of cases) {
    it(`writes ${what}`, () => assert.equal(canonicalForm(read(text), undefined, new Set()), canonical));
  }

  // Exclusive XML Canonicalization 1.0, section 2.2.
  it('writes a part of a document as it would stand alone', () => {
    const text =
      '<n0:local xmlns:n0="foo:bar" xmlns:n3="ftp://example.org"><n1:elem2 xmlns:n1="http://example.net" xml:lang="en"><n3:stuff xmlns:n3="ftp://example.org"/></n1:elem2></n0:local>';
    const part = childOf(read(text), 'http://example.net', 'elem2');
    assert.ok(part);
    assert.equal(
      canonicalForm(part, undefined, new Set()),
      '<n1:elem2 xmlns:n1="http://example.net" xml:lang="en"><n3:stuff xmlns:n3="ftp://example.org"></n3:stuff></n1:elem2>',
    );
    assert.match(canonicalForm(part, undefined, new Set(['n0'])), /^<n1:elem2 xmlns:n0="foo:bar" xmlns:n1=/);
  });
});
