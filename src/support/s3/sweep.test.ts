import { strict as assert } from 'node:assert';
import { after, before, test } from 'node:test';
import { serviceRuntime } from '#runtime/service-runtime.ts';
import { openTestS3, type TestS3 } from './client-for-tests.ts';
import { s3 } from './service.ts';
import { sweepOnce } from './sweep.ts';

let at: TestS3;
before(async () => {
  at = await openTestS3();
});
after(() => at.ringwall.stop());

test('blobs that no record names go, and no others', async () => {
  const Bucket = await at.bucket();
  await at.s3.putBucketVersioning({ Bucket, VersioningConfiguration: { Status: 'Enabled' } });
  for (const Body of ['one', 'two']) await at.s3.putObject({ Bucket, Key: 'a/\u0001b', Body });
  const { UploadId } = await at.s3.createMultipartUpload({ Bucket, Key: 'done' });
  const { ETag } = await at.s3.uploadPart({ Bucket, Key: 'done', UploadId, PartNumber: 1, Body: 'part' });
  const MultipartUpload = { Parts: [{ ETag, PartNumber: 1 }] };
  await at.s3.completeMultipartUpload({ Bucket, Key: 'done', UploadId, MultipartUpload });
  const open = await at.s3.createMultipartUpload({ Bucket, Key: 'open' });
  await at.s3.uploadPart({ Bucket, Key: 'open', UploadId: open.UploadId, PartNumber: 1, Body: 'part' });
  await at.ringwall.settled();
  const { house } = at.ringwall.installation;
  const place = `${at.ringwall.account}/us-east-1`;
  for (const name of [`s3/o/${place}/bucket/key\u0001suffix`, `s3/p/${place}/upload/1/suffix`])
    await house.blobs.put(name, Buffer.from('left over'));
  const runtime = serviceRuntime(house, s3);
  assert.equal(await sweepOnce(runtime, () => false), 0, 'what is new may still be named');
  assert.equal(await sweepOnce(runtime, () => false, Date.now() + 7_200_000), 2);
  const names: string[] = [];
  for await (const { name } of house.blobs.walk('s3/')) names.push(name);
  assert.equal(names.length, 4);
});
