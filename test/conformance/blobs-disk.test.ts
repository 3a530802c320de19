import { openDiskBlobs } from '#store/blobs/disk-blobs.ts';
import { blobsConformance } from './blobs.ts';
import { newDirectory } from './store-directory.ts';

blobsConformance('disk', async () => openDiskBlobs(newDirectory()));
