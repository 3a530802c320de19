import { strict as assert } from 'node:assert';
import { createHash, randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { after, before, test } from 'node:test';
import { signRequest } from '#wire/sigv4/sign.ts';
import { openTestS3, refused, type TestS3 } from './client-for-tests.ts';

let at: TestS3;
before(async () => {
  at = await openTestS3();
});
after(() => at.ringwall.stop());

const md5 = (body: Uint8Array) => createHash('md5').update(body).digest('hex');

for (const size of [0, 1, 65_535, 65_536, 65_537, 262_144, 262_145, 3_000_000]) {
  test(`an object of ${size} bytes comes back whole and in parts`, async () => {
    const Bucket = await at.bucket();
    const body = randomBytes(size);
    const { ETag } = await at.s3.putObject({ Bucket, Key: 'k', Body: body });
    assert.equal(ETag, `"${md5(body)}"`);
    const whole = await at.s3.getObject({ Bucket, Key: 'k' });
    assert.equal(whole.ContentLength, size);
    assert.ok(Buffer.from((await whole.Body?.transformToByteArray()) ?? []).equals(body));
    if (size < 3) return;
    for (const [start, end] of [
      [0, 1],
      [size - 2, size - 1],
      [Math.floor(size / 2) - 1, size - 1],
    ] as const) {
      const part = await at.s3.getObject({ Bucket, Key: 'k', Range: `bytes=${start}-${end}` });
      assert.equal(part.ContentRange, `bytes ${start}-${end}/${size}`);
      assert.ok(Buffer.from((await part.Body?.transformToByteArray()) ?? []).equals(body.subarray(start, end + 1)));
    }
  });
}

test('nothing of an object lies on the disk in the clear', async () => {
  const Bucket = await at.bucket();
  const secret = 'the quick brown fox jumps over the lazy dog';
  await at.s3.putObject({ Bucket, Key: 'k', Body: secret });
  const { blobs } = at.ringwall.installation.house;
  for await (const { name } of blobs.walk('s3/')) {
    const found = await blobs.read(name, {}, (bytes) => bytes.includes(secret));
    assert.equal(found, false);
  }
});

test('keys are taken as they are', async () => {
  const Bucket = await at.bucket();
  const keys = [
    '../x',
    '..',
    '.',
    'a//b',
    '/a',
    'a/',
    'a/../b',
    'ü/😀',
    ' a b+c%20',
    'k'.repeat(1_024),
    '\u0001\u0002',
    'null',
  ];
  for (const Key of keys) await at.s3.putObject({ Bucket, Key, Body: Key });
  for (const Key of keys) {
    const { Body } = await at.s3.getObject({ Bucket, Key });
    assert.equal(await Body?.transformToString(), Key);
  }
  const { Contents } = await at.s3.listObjectsV2({ Bucket, EncodingType: 'url' });
  const listed = Contents?.map(({ Key }) => decodeURIComponent(Key ?? ''));
  assert.deepEqual(
    listed,
    keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
  );
  await refused(at.s3.putObject({ Bucket, Key: 'k'.repeat(1_025), Body: '' }), 'KeyTooLongError');
});

test('a body that is not the signed one leaves nothing behind', async () => {
  const Bucket = await at.bucket();
  for (const size of [100, 1_000_000]) {
    const body = randomBytes(size);
    const headers = { host: `127.0.0.1:${at.ringwall.port}`, 'content-length': String(size) };
    const signer = { ...at.ringwall.root, region: 'us-east-1', service: 's3' };
    const path = `/${Bucket}/wrong-${size}`;
    const signed = signRequest({ method: 'PUT', path, query: '', headers, body }, signer, Date.now());
    const other = Buffer.from(body);
    other[size - 1] = (other[size - 1] ?? 0) ^ 1;
    const { host: _, ...sent } = signed.headers as Record<string, string>;
    const answer = await fetch(`${at.ringwall.endpoint}${path}`, { method: 'PUT', headers: sent, body: other });
    assert.equal(answer.status, 400);
    assert.match(await answer.text(), /<Code>XAmzContentSHA256Mismatch<\/Code>/);
    await refused(at.s3.getObject({ Bucket, Key: `wrong-${size}` }), 'NoSuchKey');
  }
  await assertNoBlobs(Bucket);
});

test('a wrong digest or checksum leaves nothing behind', async () => {
  const Bucket = await at.bucket();
  const put = (more: object, size = 10) => at.s3.putObject({ Bucket, Key: 'k', Body: Buffer.alloc(size), ...more });
  await refused(put({ ContentMD5: 'XrY7u+Ae7tCTyyK7j1rNww==' }), 'BadDigest');
  await refused(put({ ContentMD5: 'x' }), 'InvalidDigest');
  await refused(put({ ChecksumCRC32: 'AAAAAA==' }), 'BadDigest');
  await refused(put({ ChecksumSHA256: 'x' }), 'InvalidRequest');
  await refused(put({ ChecksumCRC32C: 'AAAAAA==' }, 1_000_000), 'BadDigest');
  await assertNoBlobs(Bucket);
});

test('a client that stops in the middle leaves nothing behind', async () => {
  const Bucket = await at.bucket();
  const headers = {
    host: `127.0.0.1:${at.ringwall.port}`,
    'content-length': '1000000',
    'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
  };
  const signer = { ...at.ringwall.root, region: 'us-east-1', service: 's3' };
  const signed = signRequest(
    { method: 'PUT', path: `/${Bucket}/half`, query: '', headers, body: new Uint8Array() },
    signer,
    Date.now(),
  );
  const socket = connect(at.ringwall.port, '127.0.0.1');
  const lines = Object.entries(signed.headers as Record<string, string>).map(([name, value]) => `${name}: ${value}`);
  socket.write(`PUT /${Bucket}/half HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
  socket.write(Buffer.alloc(500_000));
  await new Promise((resolve) => setImmediate(resolve));
  socket.destroy();
  await refused(at.s3.getObject({ Bucket, Key: 'half' }), 'NoSuchKey');
  await assertNoBlobs(Bucket);
});

test('streams with trailing checksums', async () => {
  const Bucket = await at.bucket();
  const body = randomBytes(700_000);
  await at.s3.putObject({
    Bucket,
    Key: 'k',
    Body: Readable.from([body.subarray(0, 300_000), body.subarray(300_000)]),
    ContentLength: body.length,
    ChecksumAlgorithm: 'SHA256',
  });
  const { Body, ChecksumSHA256 } = await at.s3.getObject({ Bucket, Key: 'k', ChecksumMode: 'ENABLED' });
  assert.equal(ChecksumSHA256, createHash('sha256').update(body).digest('base64'));
  assert.ok(Buffer.from((await Body?.transformToByteArray()) ?? []).equals(body));
});

test('parts in any order become one object, with the checksum of the whole', async () => {
  const Bucket = await at.bucket();
  const Key = 'parts';
  const pieces = [randomBytes(5_242_880), randomBytes(5_242_881), randomBytes(100)];
  const { UploadId } = await at.s3.createMultipartUpload({
    Bucket,
    Key,
    ChecksumAlgorithm: 'CRC32C',
    ChecksumType: 'FULL_OBJECT',
  });
  const ETags: (string | undefined)[] = [];
  for (const n of [2, 0, 1]) {
    const Body = pieces[n] ?? Buffer.alloc(0);
    const part = await at.s3.uploadPart({
      Bucket,
      Key,
      UploadId,
      PartNumber: n + 1,
      Body,
      ChecksumAlgorithm: 'CRC32C',
    });
    ETags[n] = part.ETag;
  }
  const Parts = ETags.map((ETag, n) => ({ ETag, PartNumber: n + 1 }));
  const done = await at.s3.completeMultipartUpload({ Bucket, Key, UploadId, MultipartUpload: { Parts } });
  const whole = Buffer.concat(pieces);
  const single = await at.s3.putObject({ Bucket, Key: 'single', Body: whole, ChecksumAlgorithm: 'CRC32C' });
  assert.equal(done.ChecksumCRC32C, single.ChecksumCRC32C);
  const { Body } = await at.s3.getObject({ Bucket, Key });
  assert.ok(Buffer.from((await Body?.transformToByteArray()) ?? []).equals(whole));
  const middle = await at.s3.getObject({ Bucket, Key, Range: 'bytes=5242870-10485770' });
  assert.ok(
    Buffer.from((await middle.Body?.transformToByteArray()) ?? []).equals(whole.subarray(5_242_870, 10_485_771)),
  );
  const second = await at.s3.getObject({ Bucket, Key, PartNumber: 2 });
  assert.equal(second.ContentLength, 5_242_881);
  await second.Body?.transformToByteArray();
  await refused(at.s3.listParts({ Bucket, Key, UploadId }), 'NoSuchUpload');
});

test('an aborted upload goes with its parts', async () => {
  const Bucket = await at.bucket();
  const { UploadId } = await at.s3.createMultipartUpload({ Bucket, Key: 'k' });
  await at.s3.uploadPart({ Bucket, Key: 'k', UploadId, PartNumber: 1, Body: 'x' });
  await at.s3.abortMultipartUpload({ Bucket, Key: 'k', UploadId });
  await at.ringwall.settled();
  const { store } = at.ringwall.installation.house;
  const left = await store.count({ collection: 's3/part', account: at.ringwall.account, region: 'us-east-1' });
  const { Uploads } = await at.s3.listMultipartUploads({ Bucket });
  assert.deepEqual([left > 0 && Uploads, Uploads], [false, undefined]);
});

test('a replaced object takes its bytes along', async () => {
  const Bucket = await at.bucket();
  for (const Body of ['one', 'two', 'three']) await at.s3.putObject({ Bucket, Key: 'k', Body });
  await at.ringwall.settled();
  assert.equal((await blobsOf(Bucket)).length, 1);
  await at.s3.deleteObject({ Bucket, Key: 'k' });
  await at.ringwall.settled();
  await assertNoBlobs(Bucket);
});

test('a folder of many keys is one common prefix, page after page', async () => {
  const Bucket = await at.bucket();
  for (let n = 0; n < 120; n += 1) await at.s3.putObject({ Bucket, Key: `${n % 3}/deep/${n}`, Body: '' });
  await at.s3.putObject({ Bucket, Key: 'z', Body: '' });
  const { CommonPrefixes, Contents, KeyCount } = await at.s3.listObjectsV2({ Bucket, Delimiter: '/' });
  assert.deepEqual(
    [CommonPrefixes?.map(({ Prefix }) => Prefix), Contents?.map(({ Key }) => Key), KeyCount],
    [['0/', '1/', '2/'], ['z'], 4],
  );
  const seen: (string | undefined)[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await at.s3.listObjectsV2({ Bucket, MaxKeys: 7, ContinuationToken });
    seen.push(...(page.Contents ?? []).map(({ Key }) => Key));
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
  assert.equal(seen.length, 121);
  assert.equal(new Set(seen).size, 121);
});

async function blobsOf(Bucket: string): Promise<readonly string[]> {
  const { house } = at.ringwall.installation;
  const row = await house.store.get<{ id: string }>({ collection: 's3/bucket', account: '', region: '', id: Bucket });
  const found: string[] = [];
  for await (const { name } of house.blobs.walk('s3/o/')) if (name.includes(`/${row?.value.id}/`)) found.push(name);
  return found;
}

async function assertNoBlobs(Bucket: string): Promise<void> {
  assert.deepEqual(await blobsOf(Bucket), []);
}
