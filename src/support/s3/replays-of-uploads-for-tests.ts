import type { Stage } from './replay-for-tests.ts';

type Replay = (stage: Stage) => Promise<void>;

const Key = 'test-multipart';

async function begin(stage: Stage, label: string | undefined, input: object = {}): Promise<string> {
  const made =
    label === undefined
      ? await stage.call('CreateMultipartUpload', { Key, ...input })
      : await stage.replay(label, 'CreateMultipartUpload', { Key, ...input });
  return made['UploadId'] as unknown as string;
}

export const replaysOfUploads: Readonly<Record<string, Replay>> = {
  test_multipart_no_such_upload: async (stage) => {
    await stage.call('CreateBucket');
    const upload = { Key, UploadId: 'fakeid' };
    for (const label of stage.left) {
      if (label.includes('upload')) await stage.replay(label, 'UploadPart', { ...upload, PartNumber: 1, Body: 'data' });
      else if (label.includes('complete'))
        await stage.replay(label, 'CompleteMultipartUpload', {
          ...upload,
          MultipartUpload: { Parts: [{ ETag: 'x', PartNumber: 1 }] },
        });
      else await stage.replay(label, 'AbortMultipartUpload', upload);
    }
  },
  test_multipart_complete_multipart_too_small: async (stage) => {
    await stage.call('CreateBucket');
    const UploadId = await begin(stage, undefined);
    const Parts: object[] = [];
    for (const PartNumber of [1, 2]) {
      const { ETag } = await stage.call('UploadPart', { Key, UploadId, PartNumber, Body: 'test' });
      Parts.push({ ETag, PartNumber });
    }
    for (const label of stage.left) {
      const MultipartUpload = /empty|no-part/.test(label) ? { Parts: [] } : { Parts };
      if (/too-small|empty|no-part/.test(label))
        await stage.replay(label, 'CompleteMultipartUpload', { Key, UploadId, MultipartUpload });
      else stage.pass(label);
    }
  },
  test_multipart_size_validation: async (stage) => {
    await stage.call('CreateBucket');
    const UploadId = await begin(stage, undefined);
    const { ETag } = await stage.call('UploadPart', { Key, UploadId, PartNumber: 1, Body: 'test' });
    const MultipartUpload = { Parts: [{ ETag, PartNumber: 1 }] };
    for (const label of stage.left) {
      if (/wrong|fail|exc|bad/.test(label))
        await stage.replay(label, 'CompleteMultipartUpload', { Key, UploadId, MultipartUpload, MpuObjectSize: 5 });
      else stage.pass(label);
    }
  },
  test_multipart_checksum_type_compatibility: async (stage) => {
    await stage.call('CreateBucket');
    const [ChecksumType, ChecksumAlgorithm] = stage.parameter.split('-');
    for (const label of stage.left) await begin(stage, label, { ChecksumType, ChecksumAlgorithm });
  },
  test_multipart_checksum_type_default_for_checksum: async (stage) => {
    await stage.call('CreateBucket');
    for (const label of stage.left) await begin(stage, label, { ChecksumAlgorithm: stage.parameter });
  },
  test_upload_part_copy_range: async (stage) => {
    await stage.call('CreateBucket');
    await stage.replay('put-src-object', 'PutObject', { Key: 'src-key', Body: '0123456789' });
    const UploadId = await begin(stage, 'create-multipart');
    const copy = (label: string, CopySourceRange: string, PartNumber = 1, CopySource = `${stage.bucket}/src-key`) =>
      stage.replay(label, 'UploadPartCopy', { Key, UploadId, PartNumber, CopySource, CopySourceRange });
    await copy('upload-part-copy-1', 'bytes=0-8', 1);
    await copy('upload-part-copy-2', 'bytes=1-1', 2);
    await copy('upload-part-copy-3', 'bytes=0-0', 3);
    await stage.replay('list-parts', 'ListParts', { Key, UploadId });
    for (const label of stage.left) {
      const [, range] = /range-exc-(.*)$/.exec(label) ?? [];
      await copy(label, range === undefined ? '0-8' : `bytes=${range}`);
    }
  },
};
