import { strict as assert } from 'node:assert';
import { randomBytes } from 'node:crypto';
import { after, test } from 'node:test';
import { S3 } from '@aws-sdk/client-s3';
import { remove, spawnRingwall, temporaryDirectory } from '../../../test/harness/process.ts';

const data = temporaryDirectory();
after(() => remove(data));

const clientOf = ({ endpoint, env }: { readonly endpoint: string; readonly env: NodeJS.ProcessEnv }) =>
  new S3({
    endpoint,
    region: 'us-east-1',
    maxAttempts: 1,
    credentials: { accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? '', secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? '' },
  });

test('kill -9 in the middle of uploads: no object is torn, and a multipart upload goes on', async () => {
  const Bucket = 'crash';
  const first = await spawnRingwall(data);
  const s3 = clientOf(first);
  await s3.createBucket({ Bucket });
  const part = randomBytes(5 * 1024 * 1024);
  const { UploadId } = await s3.createMultipartUpload({ Bucket, Key: 'parts' });
  const one = await s3.uploadPart({ Bucket, Key: 'parts', UploadId, PartNumber: 1, Body: part });
  const done = new Set<string>();
  let dead = false;
  const writers = Array.from({ length: 4 }, async (_, writer) => {
    for (let n = 0; !dead; n += 1) {
      const Key = `${writer}-${n}`;
      const Body = Buffer.alloc(300_000, Key);
      await s3.putObject({ Bucket, Key, Body }).then(
        () => done.add(Key),
        () => undefined,
      );
    }
  });
  while (done.size < 12) await new Promise(setImmediate);
  await first.kill();
  dead = true;
  await Promise.all(writers);

  const second = await spawnRingwall(data);
  const again = clientOf(second);
  const { Contents = [] } = await again.listObjectsV2({ Bucket });
  const listed = new Set(Contents.map(({ Key }) => Key ?? ''));
  for (const Key of done) assert.ok(listed.has(Key), `${Key} was acknowledged`);
  for (const Key of listed) {
    const { Body } = await again.getObject({ Bucket, Key });
    assert.ok(
      Buffer.from((await Body?.transformToByteArray()) ?? []).equals(Buffer.alloc(300_000, Key)),
      `${Key} is whole`,
    );
  }
  const two = await again.uploadPart({ Bucket, Key: 'parts', UploadId, PartNumber: 2, Body: part.subarray(0, 10) });
  const Parts = [one, two].map(({ ETag }, n) => ({ ETag, PartNumber: n + 1 }));
  await again.completeMultipartUpload({ Bucket, Key: 'parts', UploadId, MultipartUpload: { Parts } });
  const { Body } = await again.getObject({ Bucket, Key: 'parts' });
  const whole = Buffer.from((await Body?.transformToByteArray()) ?? []);
  assert.ok(whole.equals(Buffer.concat([part, part.subarray(0, 10)])));
  await second.stop();
});
