import { createHash } from 'node:crypto';
import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import { invalidParameter } from './errors.ts';
import type { CodeRef } from './records.ts';
import { readDirectory, ZipError } from './zip/directory.ts';

/** Lambda quotas, "Deployment package (.zip file archive) size". */
const maxZippedBytes = 52_428_800;
const maxZippedFromS3 = 262_144_000;
export const maxUnzippedBytes = 262_144_000;

type CodeInput = {
  readonly ZipFile?: Uint8Array | undefined;
  readonly S3Bucket?: string | undefined;
  readonly S3Key?: string | undefined;
  readonly S3ObjectVersion?: string | undefined;
};

/**
 * Takes in a zip, from the request or from S3, checks it and keeps it sealed. Once per call, however often the call runs.
 *
 * @throws ServiceError InvalidParameterValueException, RequestEntityTooLargeException
 */
export async function takeCode(ctx: Context, input: CodeInput, dryRun = false): Promise<CodeRef> {
  const zip = await ctx.once(`code ${nameOf(input)}`, () => zipOf(ctx, input));
  checkZip(zip);
  const digest = createHash('sha256').update(zip).digest();
  const blob = `lambda/${ctx.account}/${ctx.uuid()}`;
  const ref = { blob, sha256: digest.toString('base64'), size: zip.length };
  if (dryRun) return ref;
  return ctx.once(`kept code ${nameOf(input)}`, async () => {
    const sealed = ctx.seal.seal(zip, blob);
    await ctx.blobs.put(blob, once(sealed));
    return ref;
  });
}

/** Calls inside one unit share what they did once: two archives are two things. */
function nameOf({ ZipFile, S3Bucket, S3Key, S3ObjectVersion }: CodeInput): string {
  if (ZipFile !== undefined) return createHash('sha256').update(ZipFile).digest('hex');
  return JSON.stringify([S3Bucket, S3Key, S3ObjectVersion]);
}

/** A zip that was taken in. @throws when it is gone or was altered */
export async function readCode(ctx: Pick<Context, 'blobs' | 'seal'>, { blob }: CodeRef): Promise<Buffer> {
  const content = await ctx.blobs.get(blob);
  if (content === undefined) throw new Error(`the code \`${blob}\` is missing`);
  const chunks: Buffer[] = [];
  for await (const chunk of content.stream) chunks.push(chunk as Buffer);
  return Buffer.from(ctx.seal.open(Buffer.concat(chunks), blob));
}

async function zipOf(ctx: Context, input: CodeInput): Promise<Buffer> {
  const { ZipFile, S3Bucket, S3Key, S3ObjectVersion } = input;
  if (ZipFile !== undefined) {
    if (ZipFile.length > maxZippedBytes) {
      throw new ServiceError(
        'RequestEntityTooLargeException',
        `Zipped size must be smaller than ${maxZippedBytes} bytes`,
        { status: 413 },
      );
    }
    return Buffer.from(ZipFile);
  }
  if (S3Bucket === undefined || S3Key === undefined) {
    throw invalidParameter('Please provide a source for function code.');
  }
  try {
    const { Body } = await ctx.call('s3', 'GetObject', {
      Bucket: S3Bucket,
      Key: S3Key,
      ...(S3ObjectVersion === undefined ? {} : { VersionId: S3ObjectVersion }),
    });
    return await collected(Body as AsyncIterable<Uint8Array> | Uint8Array | undefined);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    throw invalidParameter(
      `Error occurred while GetObject. S3 Error Code: ${error.code}. S3 Error Message: ${error.message}`,
    );
  }
}

async function collected(body: AsyncIterable<Uint8Array> | Uint8Array | undefined): Promise<Buffer> {
  if (body === undefined) return Buffer.alloc(0);
  if (body instanceof Uint8Array) return Buffer.from(body);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxZippedFromS3) throw invalidParameter(`Unzipped size must be smaller than ${maxUnzippedBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function checkZip(zip: Buffer): void {
  try {
    readDirectory(zip, maxUnzippedBytes);
  } catch (error) {
    if (!(error instanceof ZipError)) throw error;
    if (error.kind === 'too-large') throw invalidParameter(error.message);
    throw invalidParameter('Could not unzip uploaded file. Please check your file, then try to upload again.');
  }
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
