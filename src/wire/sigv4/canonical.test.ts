import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatAmzDate, parseAmzDate, parseDateHeader } from './amz-date.ts';
import { canonicalPath, canonicalQuery, canonicalRequest } from './canonical.ts';

const paths: readonly [service: string, path: string, canonical: string][] = [
  ['s3', '', '/'],
  ['iam', '', '/'],
  ['s3', '/a//b/../c/./', '/a//b/../c/./'],
  ['iam', '/a//b/../c/./', '/a/c/'],
  ['iam', '/../..', '/'],
  ['iam', '/a/..hidden/.x', '/a/..hidden/.x'],
  ['s3', '/a%20b', '/a%20b'],
  ['lambda', '/a%20b', '/a%2520b'],
  ['lambda', '/2015-03-31/functions/arn%3Aaws', '/2015-03-31/functions/arn%253Aaws'],
  ['s3', '/%e2%82%ac', '/%E2%82%AC'],
  ['s3', '/a%7Eb%41', '/a~bA'],
  ['s3', '/a%2Fb', '/a%2Fb'],
  ['s3', "/a+b:c'(d)!*", '/a%2Bb%3Ac%27%28d%29%21%2A'],
  ['s3', '/100%', '/100%25'],
  ['s3', '/\u00c3\u00a9', '/%C3%A9'],
];
for (const [service, path, canonical] of paths) {
  test(`path of ${service}: ${path}`, () => assert.equal(canonicalPath(path, service), canonical));
}

const queries: readonly [query: string, canonical: string][] = [
  ['', ''],
  ['acl', 'acl='],
  ['b=2&a=1', 'a=1&b=2'],
  ['a=2&a=10&a=1', 'a=1&a=10&a=2'],
  ['a-b=1&a=2', 'a=2&a-b=1'],
  ['B=1&a=2', 'B=1&a=2'],
  ['a=b=c', 'a=b%3Dc'],
  ['a=x+y', 'a=x%20y'],
  ['a=x%2by', 'a=x%2By'],
  ['a=/~%7e', 'a=%2F~~'],
  ['&a=1&&', 'a=1'],
  ['=v', '=v'],
  ['a=%zz', 'a=%25zz'],
  ['a=%', 'a=%25'],
];
for (const [query, canonical] of queries) {
  test(`query: ${query}`, () => assert.equal(canonicalQuery(query), canonical));
}

test('canonical forms are stable: canonising twice changes nothing', () => {
  const bytes = fc.string({ unit: fc.integer({ min: 0x21, max: 0xff }).map((code) => String.fromCharCode(code)) });
  fc.assert(
    fc.property(bytes, (text) => {
      const query = canonicalQuery(text);
      assert.equal(canonicalQuery(query), query);
      const path = canonicalPath(`/${text}`, 's3');
      assert.equal(canonicalPath(path, 's3'), path);
    }),
  );
});

test('headers: white space is folded, but no byte of UTF-8 is taken for it', () => {
  const headers = { host: 'h', 'x-a': ' \t a  b\t', 'x-b': 'a,b', 'x-c': '\u00c3\u00a0', 'x-d': '' };
  const text = canonicalRequest(
    { method: 'GET', path: '/', query: '', headers },
    'kms',
    Object.keys(headers),
    'H',
    false,
  );
  assert.equal(text, 'GET\n/\n\nhost:h\nx-a:a b\nx-b:a,b\nx-c:\u00c3\u00a0\nx-d:\n\nhost;x-a;x-b;x-c;x-d\nH');
});

test('dates: round trip, and nothing but the basic form', () => {
  const second = fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) / 1000 });
  fc.assert(fc.property(second, (s) => assert.equal(parseAmzDate(formatAmzDate(s * 1000)), s * 1000)));
  for (const text of [
    '',
    '20260230T000000Z',
    '20261301T000000Z',
    '20261123T240000Z',
    '20261123T120060Z',
    '20261123T120000',
    '2026-11-23T12:00:00Z',
    '20261123T120000Z,20261123T120000Z',
  ]) {
    assert.equal(parseAmzDate(text), undefined, text);
  }
  assert.equal(parseDateHeader('Mon, 23 Nov 2026 12:00:00 GMT'), Date.UTC(2026, 10, 23, 12));
  assert.equal(parseDateHeader('20261123T120000Z'), Date.UTC(2026, 10, 23, 12));
  assert.equal(parseDateHeader('yesterday'), undefined);
  assert.equal(parseDateHeader('Mon, 99 Xxx 2026 12:00:00 GMT'), undefined);
});
