/** aws-chunked bodies, cut at random places; and each way to spoil one. */
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import type { WireRequest } from '#wire/message.ts';
import { type ChecksumAlgorithm, startChecksum } from './checksum.ts';
import { chunkedDecoder } from './chunked.ts';
import { parseClaim, type SignedClaim } from './claim.ts';
import { signRequest } from './sign.ts';
import { ALGORITHM, EMPTY_HASH, sha256Hex, sign, stringToSign } from './signature.ts';
import { deriveSigningKey } from './signing-key.ts';

const NOW = Date.UTC(2026, 10, 23, 12, 0, 0);
const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const MODES = [
  'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
] as const;
type Mode = (typeof MODES)[number];

type Upload = { readonly request: WireRequest; readonly claim: SignedClaim; readonly encoded: Buffer };

/** An independent encoder: what a client does. */
function upload(
  mode: Mode,
  chunks: readonly Uint8Array[],
  algorithm: ChecksumAlgorithm = 'crc32',
  headers: Record<string, string | undefined> = {},
): Upload {
  const trailing = mode.endsWith('TRAILER');
  const request = signRequest(
    {
      method: 'PUT',
      path: '/b/k',
      query: '',
      headers: {
        host: 'localhost:4566',
        'content-encoding': 'aws-chunked',
        'x-amz-content-sha256': mode,
        'x-amz-decoded-content-length': String(Buffer.concat(chunks).length),
        ...(trailing && { 'x-amz-trailer': `x-amz-checksum-${algorithm}` }),
        ...headers,
      },
      body: Buffer.alloc(0),
    },
    { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: SECRET, region: 'us-east-1', service: 's3' },
    NOW,
  );
  const claim = parseClaim(request, 's3');
  assert.ok(claim);
  const key = deriveSigningKey(SECRET, claim);
  const signed = mode !== MODES[0];
  let previous = claim.signature;
  const link = (suffix: string, lines: string): string => {
    previous = sign(key, stringToSign(`${ALGORITHM}-${suffix}`, '20261123T120000Z', claim, `${previous}\n${lines}`));
    return previous;
  };
  const pieces: Uint8Array[] = [];
  for (const chunk of [...chunks.filter((each) => each.length > 0), Buffer.alloc(0)]) {
    const extension = signed ? `;chunk-signature=${link('PAYLOAD', `${EMPTY_HASH}\n${sha256Hex(chunk)}`)}` : '';
    pieces.push(Buffer.from(`${chunk.length.toString(16)}${extension}\r\n`), chunk);
    if (chunk.length > 0) pieces.push(Buffer.from('\r\n'));
  }
  if (trailing) {
    const sum = startChecksum(algorithm);
    for (const chunk of chunks) sum.update(chunk);
    const line = `x-amz-checksum-${algorithm}:${sum.digest().toString('base64')}`;
    pieces.push(Buffer.from(`${line}\r\n`));
    if (signed) pieces.push(Buffer.from(`x-amz-trailer-signature:${link('TRAILER', sha256Hex(`${line}\n`))}\r\n`));
  }
  pieces.push(Buffer.from('\r\n'));
  return { request, claim, encoded: Buffer.concat(pieces) };
}

function cut(whole: Buffer, places: readonly number[]): Buffer[] {
  const bounds = [0, ...places.map((place) => place % (whole.length + 1)).sort((a, b) => a - b), whole.length];
  return bounds.slice(1).map((end, i) => whole.subarray(bounds[i], end));
}

const decode = ({ claim, request }: Upload, pieces: readonly Buffer[]): Promise<Buffer> =>
  buffer(
    Readable.from(pieces)
      .pipe(chunkedDecoder(claim, request, SECRET))
      .on('error', () => {}),
  );

const KB8 = Buffer.alloc(8192, 'x');

test('round trip, cut anywhere', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...MODES),
      fc.constantFrom<ChecksumAlgorithm>('crc32', 'crc32c', 'crc64nvme', 'sha1', 'sha256'),
      fc.array(fc.uint8Array({ maxLength: 9 }), { maxLength: 3 }),
      fc.uint8Array({ maxLength: 40 }),
      fc.array(fc.nat(), { maxLength: 12 }),
      async (mode, algorithm, heads, last, places) => {
        const chunks = [...heads.map((head) => Buffer.concat([head, KB8])), last];
        const sent = upload(mode, chunks, algorithm);
        assert.ok((await decode(sent, cut(sent.encoded, places))).equals(Buffer.concat(chunks)));
      },
    ),
    { numRuns: 150 },
  );
});

test('byte by byte', async () => {
  for (const mode of MODES) {
    const sent = upload(mode, [Buffer.from('hello')]);
    assert.equal(
      (
        await decode(
          sent,
          [...sent.encoded].map((byte) => Buffer.of(byte)),
        )
      ).toString(),
      'hello',
    );
  }
});

test('a changed byte anywhere in a signed body never goes unnoticed', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(MODES[1], MODES[2]),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      async (mode, at, flip) => {
        const sent = upload(mode, [KB8, Buffer.from('the end')]);
        const spoilt = Buffer.from(sent.encoded);
        const place = at % spoilt.length;
        spoilt.writeUInt8(spoilt.readUInt8(place) ^ flip, place);
        const outcome = await decode(sent, [spoilt]).catch((error: { code?: string }) => error.code);
        // Spelling may differ (hex case of a size, CR of the trailer), content may not.
        if (Buffer.isBuffer(outcome)) assert.ok(outcome.equals(Buffer.concat([KB8, Buffer.from('the end')])));
        else assert.ok(outcome);
      },
    ),
    { numRuns: 300 },
  );
});

test('a cut-off body never passes', async () => {
  for (const mode of MODES) {
    const sent = upload(mode, [Buffer.from('hello')]);
    // The last empty line carries nothing: without it the body still says all.
    for (let length = 0; length < sent.encoded.length - 4; length++) {
      await assert.rejects(decode(sent, [sent.encoded.subarray(0, length)]), { name: /./ }, `${mode} ${length}`);
    }
  }
});

type Spoil = (encoded: string) => string;
const swap =
  (from: string | RegExp, to: string): Spoil =>
  (encoded) => {
    const out = encoded.replace(from, to);
    assert.notEqual(out, encoded, 'the case changes nothing');
    return out;
  };
const [UNSIGNED, SIGNED, BOTH] = MODES;
const spoilt: readonly [name: string, mode: Mode, spoil: Spoil, code: string][] = [
  ['content', SIGNED, swap('hello', 'hellO'), 'SignatureDoesNotMatch'],
  ['signature of a chunk', SIGNED, swap(/chunk-signature=./, 'chunk-signature=0'), 'SignatureDoesNotMatch'],
  ['signature of the last chunk', SIGNED, swap(/(\r\n0;chunk-signature=)./, '$1_'), 'IncompleteBody'],
  ['signature of a chunk left out', SIGNED, swap(/;chunk-signature=\w+/, ''), 'IncompleteBody'],
  [
    'signature where none belongs',
    UNSIGNED,
    swap('5\r\n', `5;chunk-signature=${'0'.repeat(64)}\r\n`),
    'IncompleteBody',
  ],
  ['other extension', UNSIGNED, swap('5\r\n', '5;a=b\r\n'), 'IncompleteBody'],
  ['size not hex', UNSIGNED, swap('5\r\n', '5g\r\n'), 'IncompleteBody'],
  ['size negative', UNSIGNED, swap('5\r\n', '-5\r\n'), 'IncompleteBody'],
  ['size enormous', UNSIGNED, swap('5\r\n', 'ffffffffffffffff\r\n'), 'IncompleteBody'],
  ['size line without end', UNSIGNED, () => '0'.repeat(500), 'IncompleteBody'],
  ['size line ended by LF', UNSIGNED, swap('5\r\n', '5\n'), 'IncompleteBody'],
  ['size line ended by space and LF', UNSIGNED, swap('5\r\n', '5 \n'), 'IncompleteBody'],
  ['no line end after data', UNSIGNED, swap('hello\r\n', 'hello'), 'IncompleteBody'],
  ['more than announced', UNSIGNED, swap('5\r\nhello', '6\r\nhello!'), 'IncompleteBody'],
  ['less than announced', UNSIGNED, swap('5\r\nhello', '4\r\nhell'), 'IncompleteBody'],
  ['content, by checksum', UNSIGNED, swap('hello', 'hellO'), 'BadDigest'],
  ['checksum', UNSIGNED, swap(/crc32:[^\r]*/, 'crc32:AAAAAA=='), 'BadDigest'],
  ['checksum too short', UNSIGNED, swap(/crc32:[^\r]*/, 'crc32:AAAA'), 'InvalidRequest'],
  ['checksum with rubbish', UNSIGNED, swap(/crc32:([^\r]*)/, 'crc32:!$1'), 'InvalidRequest'],
  ['checksum missing', UNSIGNED, swap(/x-amz-checksum[^\r]*\r\n/, ''), 'MalformedTrailerError'],
  ['checksum twice', UNSIGNED, swap(/(x-amz-checksum[^\r]*\r\n)/, '$1$1'), 'MalformedTrailerError'],
  ['other checksum', UNSIGNED, swap('checksum-crc32', 'checksum-crc32c'), 'MalformedTrailerError'],
  [
    'trailer not announced',
    UNSIGNED,
    swap(/(x-amz-checksum[^\r]*\r\n)/, '$1x-amz-meta-a:b\r\n'),
    'MalformedTrailerError',
  ],
  ['trailer without colon', UNSIGNED, swap('crc32:', 'crc32'), 'MalformedTrailerError'],
  ['trailer enormous', UNSIGNED, (encoded) => encoded + '\r\n'.repeat(4096), 'MalformedTrailerError'],
  ['trailer signature', BOTH, swap(/trailer-signature:./, 'trailer-signature:_'), 'SignatureDoesNotMatch'],
  ['trailer signature missing', BOTH, swap(/x-amz-trailer-signature[^\r]*\r\n/, ''), 'MalformedTrailerError'],
  [
    'trailer after its signature',
    BOTH,
    (encoded) => `${encoded.trimEnd()}\r\nx-amz-meta-a:b\r\n`,
    'MalformedTrailerError',
  ],
  [
    'trailer signature before the checksum',
    BOTH,
    swap(/(x-amz-checksum[^\r]*\r\n)(x-amz-trailer-signature[^\r]*\r\n)/, '$2$1'),
    'MalformedTrailerError',
  ],
  ['signed trailer changed', BOTH, swap(/crc32:[^\r]*/, 'crc32:AAAAAA=='), 'SignatureDoesNotMatch'],
  [
    'trailer where none belongs',
    SIGNED,
    swap(/\r\n$/, 'x-amz-checksum-crc32:AAAAAA==\r\n\r\n'),
    'MalformedTrailerError',
  ],
  ['second body after the end', SIGNED, (encoded) => encoded + encoded, 'MalformedTrailerError'],
];
for (const [name, mode, spoil, code] of spoilt) {
  test(`refused: ${name}`, async () => {
    const sent = upload(mode, [Buffer.from('hello')]);
    await assert.rejects(decode(sent, [Buffer.from(spoil(sent.encoded.toString('latin1')), 'latin1')]), { code });
  });
}

test('a chunk larger than announced is refused before its content comes', async () => {
  const { claim, request } = upload(MODES[0], [Buffer.from('hello')]);
  const decoder = chunkedDecoder(claim, request, SECRET);
  decoder.on('error', () => {}).write('6\r\n');
  await setImmediate();
  assert.equal(decoder.errored?.name, 'IncompleteBody');
});

test('chunks below 8 KB may only come last', async () => {
  const sent = upload(MODES[0], [Buffer.from('hello'), Buffer.from('world')]);
  await assert.rejects(decode(sent, [sent.encoded]), { code: 'InvalidChunkSizeError', status: 403 });
});

test('chunks in another order, and chunks of another upload, are refused', async () => {
  const other = Buffer.alloc(8192, 'y');
  const sent = upload(MODES[1], [KB8, other]);
  const size = (sent.encoded.indexOf('\r\n') ?? 0) + 2 + 8192 + 2;
  const [first, second] = [sent.encoded.subarray(0, size), sent.encoded.subarray(size, 2 * size)];
  await assert.rejects(decode(sent, [second, first, sent.encoded.subarray(2 * size)]), {
    code: 'SignatureDoesNotMatch',
  });
  const alien = upload(MODES[1], [other, KB8], 'crc32', { 'x-amz-meta-a': 'b' });
  await assert.rejects(decode(sent, [alien.encoded]), { code: 'SignatureDoesNotMatch' });
});

const headerCases: readonly [name: string, headers: Record<string, string | undefined>, code: string][] = [
  ['no decoded length', { 'x-amz-decoded-content-length': undefined }, 'MissingContentLength'],
  ['decoded length unreadable', { 'x-amz-decoded-content-length': '-1' }, 'MissingContentLength'],
  ['no trailer announced', { 'x-amz-trailer': undefined }, 'MalformedTrailerError'],
  ['trailer that is no checksum', { 'x-amz-trailer': 'x-amz-meta-a' }, 'InvalidRequest'],
  ['trailer twice', { 'x-amz-trailer': 'x-amz-checksum-crc32, x-amz-checksum-crc32' }, 'InvalidRequest'],
];
for (const [name, headers, code] of headerCases) {
  test(`refused before the body: ${name}`, () => {
    const { claim, request } = upload(MODES[0], [Buffer.from('hello')], 'crc32', headers);
    assert.throws(() => chunkedDecoder(claim, request, SECRET), { code });
  });
}
