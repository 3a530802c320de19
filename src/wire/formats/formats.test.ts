import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { splitList } from '../protocols/http-input.ts';
import { base64Decode, base64Encode } from './base64.ts';
import { cborDecode } from './cbor-read.ts';
import { eventFrame } from './event-stream.ts';
import { Malformed } from './malformed.ts';
import { numberOfText } from './number.ts';
import { formPairs, formParameter } from './query-tree.ts';
import { setKey } from './record.ts';
import { dateOfEpoch, dateOfText, epochText, imfText, isoText } from './timestamp.ts';
import { parseXml } from './xml-parse.ts';
import { escapeXml } from './xml-write.ts';

const anyDate = fc.date({
  min: new Date('0001-01-01T00:00:00Z'),
  max: new Date('9999-12-31T23:59:59.999Z'),
  noInvalidDate: true,
});

test('timestamp: every form round-trips', () => {
  fc.assert(
    fc.property(anyDate, (date) => {
      assert.deepEqual(dateOfText(isoText(date, 'millis'), 'iso8601'), date);
      assert.deepEqual(dateOfText(isoText(date, 'trimmed')), date);
      assert.deepEqual(dateOfEpoch(Number(epochText(date))), date);
      const second = new Date(Math.floor(date.getTime() / 1000) * 1000);
      assert.deepEqual(dateOfText(imfText(date), 'rfc822'), second);
    }),
  );
});

/** text → ISO, or undefined when refused */
const times: readonly (readonly [string, string | undefined])[] = [
  ['1985-04-12T23:20:50.52Z', '1985-04-12T23:20:50.520Z'],
  ['1996-12-19T16:39:57-08:00', '1996-12-20T00:39:57.000Z'],
  ['1937-01-01T12:00:27.87+00:20', '1937-01-01T11:40:27.870Z'],
  ['2026-01-02T03:04:05.123456789Z', '2026-01-02T03:04:05.123Z'],
  ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
  ['2026-01-02', '2026-01-02T00:00:00.000Z'],
  ['Sun, 06 Nov 1994 08:49:37 GMT', '1994-11-06T08:49:37.000Z'],
  ['1515531081.1234', '2018-01-09T20:51:21.123Z'],
  ['0', '1970-01-01T00:00:00.000Z'],
  ['2026-02-29T00:00:00Z', undefined],
  ['2026-13-01T00:00:00Z', undefined],
  ['2026-01-01T24:00:00Z', undefined],
  ['2026-01-01T00:00:00+24:00', undefined],
  ['2026-01-01T00:00:00', undefined],
  ['Sun, 31 Feb 1994 08:49:37 GMT', undefined],
  ['yesterday', undefined],
  ['', undefined],
  ['99999999999999', undefined],
];
for (const [text, expected] of times)
  test(`timestamp: ${text} → ${expected}`, () => {
    if (expected === undefined) assert.throws(() => dateOfText(text), Malformed);
    else assert.equal(dateOfText(text).toISOString(), expected);
  });

test('base64: RFC 4648 vectors, round trip, refusals', () => {
  const vectors = {
    '': '',
    f: 'Zg==',
    fo: 'Zm8=',
    foo: 'Zm9v',
    foob: 'Zm9vYg==',
    fooba: 'Zm9vYmE=',
    foobar: 'Zm9vYmFy',
  };
  for (const [plain, coded] of Object.entries(vectors)) {
    assert.equal(base64Encode(plain), coded);
    assert.equal(Buffer.from(base64Decode(coded)).toString(), plain);
  }
  fc.assert(fc.property(fc.uint8Array(), (bytes) => assert.deepEqual(base64Decode(base64Encode(bytes)), bytes)));
  for (const bad of ['A', 'Zg', 'Zg=', 'Z===', '====', 'Zm9v\n', 'Zm 9', '_A8=', '-A8=', 'Zg==Zg==', 'Zm9!', '=Zm9'])
    assert.throws(() => base64Decode(bad), Malformed, bad);
});

/** Hexadecimal → value: RFC 8949, appendix A. */
const items: readonly (readonly [string, unknown])[] = [
  ['00', 0],
  ['17', 23],
  ['1818', 24],
  ['1903e8', 1000],
  ['1a000f4240', 1000000],
  ['1b000000e8d4a51000', 1000000000000],
  ['20', -1],
  ['3863', -100],
  ['3903e7', -1000],
  ['f90000', 0],
  ['f93c00', 1],
  ['fb3ff199999999999a', 1.1],
  ['f97bff', 65504],
  ['fa47c35000', 100000],
  ['f90001', 2 ** -24],
  ['f9c400', -4],
  ['f97c00', Number.POSITIVE_INFINITY],
  ['f97e00', Number.NaN],
  ['f4', false],
  ['f5', true],
  ['f6', null],
  ['f7', null],
  ['c11a514b67b0', new Date(1363896240000)],
  ['c1fb41d452d9ec200000', new Date(1363896240500)],
  ['4401020304', Uint8Array.of(1, 2, 3, 4)],
  ['60', ''],
  ['6449455446', 'IETF'],
  ['62c3bc', 'ü'],
  ['80', []],
  ['83010203', [1, 2, 3]],
  ['8301820203820405', [1, [2, 3], [4, 5]]],
  ['a0', {}],
  ['a26161016162820203', { a: 1, b: [2, 3] }],
  ['5f42010243030405ff', Uint8Array.of(1, 2, 3, 4, 5)],
  ['7f657374726561646d696e67ff', 'streaming'],
  ['9fff', []],
  ['9f018202039f0405ffff', [1, [2, 3], [4, 5]]],
  ['bf61610161629f0203ffff', { a: 1, b: [2, 3] }],
];
for (const [hex, expected] of items)
  test(`cbor: ${hex}`, () => assert.deepEqual(cborDecode(Buffer.from(hex, 'hex')), expected));

for (const hex of [
  '',
  '18',
  '1c',
  '61',
  '62c328',
  '5b7fffffffffffffff',
  '9bffffffffffffffff00',
  'a101f6',
  'ff',
  '81ff',
  '0000',
  'c249010000000000000000',
  '7f4100ff',
  '1f',
  'df',
  'f820',
])
  test(`cbor: ${hex || 'nothing'} is refused`, () =>
    assert.throws(() => cborDecode(Buffer.from(hex, 'hex')), Malformed));

/** kind, text → number, or undefined when refused */
const numbers: readonly (readonly ['integer' | 'long' | 'float' | 'double', string, number | undefined])[] = [
  ['integer', '2147483647', 2147483647],
  ['integer', '2147483648', undefined],
  ['integer', '-2147483648', -2147483648],
  ['integer', '1.5', undefined],
  ['integer', '0x10', undefined],
  ['integer', '', undefined],
  ['integer', ' 1', undefined],
  ['integer', 'NaN', undefined],
  ['long', '9007199254740993', 9007199254740992],
  ['long', '9223372036854775808000', undefined],
  ['double', '1e3', 1000],
  ['double', 'Infinity', Number.POSITIVE_INFINITY],
  ['double', '1e999', undefined],
  ['float', '3.5e38', undefined],
];
for (const [kind, text, expected] of numbers)
  test(`number: ${kind} ${text} → ${expected}`, () => {
    if (expected === undefined) assert.throws(() => numberOfText(kind, text), Malformed);
    else assert.equal(numberOfText(kind, text), expected);
  });

test('xml: what is written reads back', () => {
  const pieces = fc.oneof(
    fc.constantFrom('&', '<', '>', '"', '\r', '\n', ']]>', '&amp;', '\u0001', '\u0085'),
    fc.string({ unit: 'binary' }),
  );
  const characters = fc
    .array(pieces, { maxLength: 10 })
    .map((list) => list.join(''))
    .filter((text) => text.isWellFormed() && !text.includes('\0'));
  fc.assert(fc.property(characters, (text) => assert.equal(parseXml(`<a>${escapeXml(text)}</a>`).text, text)));
});

for (const text of [
  '',
  '<a>',
  '</a>',
  '<a></b>',
  '<a/><b/>',
  '<a>x</a>y',
  '<a>&nbsp;</a>',
  '<a>&#0;</a>',
  '<a>&#xd800;</a>',
  '<a>& b</a>',
  '<!DOCTYPE a><a/>',
  '<a b=c/>',
  '<a b="<"/>',
  '<a b="1"c="2"/>',
  '< a/>',
  '<a><![CDATA[x</a>',
  '<a><!--</a>',
  '<1/>',
])
  test(`xml: ${text || 'nothing'} is refused`, () => assert.throws(() => parseXml(text), Malformed));

test('form: pairs and one parameter', () => {
  assert.deepEqual(formPairs('a=1&b=x+y%2B&c&=d&&e=%E2%9C%93'), [
    ['a', '1'],
    ['b', 'x y+'],
    ['c', ''],
    ['', 'd'],
    ['e', '✓'],
  ]);
  for (const bad of ['a=%', 'a=%zz', 'a=%ff', '%c3=1']) assert.throws(() => formPairs(bad), Malformed, bad);
  assert.equal(formParameter('xAction=1&Action=a%2Fb&Action=c', 'Action'), 'a/b');
  assert.equal(formParameter('Actions=1', 'Action'), undefined);
  assert.throws(() => formPairs('a&'.repeat(20_001)), Malformed);
});

test('record: __proto__ is a key like any other', () => {
  const target: Record<string, unknown> = {};
  setKey(target, '__proto__', { polluted: true });
  assert.equal((target as { polluted?: boolean }).polluted, undefined);
  assert.deepEqual(Object.keys(target), ['__proto__']);
});

test('header list: quotes and commas', () => {
  assert.deepEqual(splitList('a, b ,c'), ['a', 'b', 'c']);
  assert.deepEqual(splitList('"a,b", c, "d\\"e"'), ['a,b', 'c', 'd"e']);
  assert.throws(() => splitList('"a'), Malformed);
});

test('event stream: the frame of the published example', () => {
  // Smithy event stream specification: no headers, payload `{'foo':'bar'}`.
  const frame = eventFrame([], "{'foo':'bar'}");
  assert.equal(Buffer.from(frame).toString('hex'), '0000001d00000000fd528c5a7b27666f6f273a27626172277dc3653936');
});
