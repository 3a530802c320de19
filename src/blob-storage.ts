import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './runtime/config.ts';
import type { Blobs } from './store/blobs/blobs.ts';
import { openDiskBlobs } from './store/blobs/disk-blobs.ts';
import { s3Blobs } from './store/blobs/s3-blobs.ts';
import type { S3Request } from './store/blobs/s3-requests.ts';
import { signRequest } from './wire/sigv4/sign.ts';

/** Folder of a data directory that bodies lie in. */
export const blobFolder = 'blobs';

/** Where large bodies lie. @throws Error when what `--blobs` needs is missing */
export function openBlobs(config: Config): Blobs {
  if (config.blobs === undefined) return openDiskBlobs(join(config.data, blobFolder));
  const { blobsAccessKeyId: accessKeyId, blobsSecretFile: secretFile, blobsRegion: region } = config;
  if (accessKeyId === undefined || secretFile === undefined) {
    throw new Error('--blobs needs --blobs-access-key-id and --blobs-secret-file');
  }
  const secretAccessKey = readFileSync(secretFile, 'utf8').trim();
  const { origin, pathname } = new URL(config.blobs);
  const signer = { accessKeyId, secretAccessKey, region, service: 's3' };
  const sign = (request: S3Request) => signRequest(request, signer, Date.now()).headers;
  return s3Blobs({ endpoint: origin, bucket: pathname.slice(1), sign });
}
