import { after } from 'node:test';
import { S3 } from '@aws-sdk/client-s3';
import { s3Blobs } from '#store/blobs/s3-blobs.ts';
import { signRequest } from '#wire/sigv4/sign.ts';
import { type Ringwall, startRingwall } from '../harness/start.ts';
import { blobsConformance } from './blobs.ts';

/** The bucket of another Ringwall. */
let other: Ringwall | undefined;
after(() => other?.stop());

blobsConformance('a bucket of another Ringwall', async () => {
  other = await startRingwall();
  const { endpoint, root } = other;
  const s3 = new S3({ ...other.client, forcePathStyle: true });
  await s3.createBucket({ Bucket: 'bodies' });
  s3.destroy();
  const signer = { ...root, region: 'us-east-1', service: 's3' };
  return s3Blobs({ endpoint, bucket: 'bodies', sign: (request) => signRequest(request, signer, Date.now()).headers });
});
