import type { Readable } from 'node:stream';
import type { Context } from '#runtime/context.ts';
import type { AnyOperation } from '#runtime/operation.ts';
import type { Principal } from '#runtime/principal.ts';
import { parseXml } from '#wire/formats/xml-parse.ts';
import { escapeXml } from '#wire/formats/xml-write.ts';
import { bucketOf, objectRef, requestKeys } from './access.ts';
import { expectedChecksum } from './checksums.ts';
import { chooseEncryption } from './encryption.ts';
import { boundaryOf, type Form, FormFault, readForm } from './engine/form-data.ts';
import { type PostPolicy, parsePostPolicy, policyRefusal } from './engine/post-policy.ts';
import { tagFault, tagRecord } from './engine/tags.ts';
import { refusal, refused } from './errors.ts';
import { tellNotified } from './notify.ts';
import { checkKey, type ObjectInput, propertiesOf, writeActions, writeKeys } from './object-input.ts';
import { storeObject } from './put-object.ts';
import type { BucketRow } from './records.ts';

type FormInput = { readonly Bucket: string; readonly Body: Readable | Uint8Array; readonly ContentType?: string };

/** `POST` of an HTML form: who may, and what, is said by the signed policy inside it, or by the bucket's policy for everybody. */
export const PostObject: AnyOperation = {
  resource: 'none',
  anonymous: true,
  dataEvent: true,
  handle: async (given: never, ctx: Context) => {
    const { Bucket, Body, ContentType } = given as FormInput;
    const bucket = await bucketOf(ctx, { Bucket });
    const boundary = boundaryOf(ContentType);
    if (boundary === undefined)
      throw refusal('PreconditionFailed', {
        Condition: 'Bucket POST must be of the enclosure-type multipart/form-data',
      });
    const form = await ctx.once('form', () => read(Body, boundary));
    const signed = await admit(ctx, bucket, form);
    const key = keyOf(form);
    checkKey(key);
    const input = inputOf(form);
    const keys = {
      ...writeKeys(input, ctx),
      ...requestKeys(ctx),
      's3:authType': 'POST',
      's3:ObjectCreationOperation': 'PostObject',
    };
    for (const action of writeActions(input)) await ctx.authorise(action, await objectRef(ctx, bucket, key), keys);
    const choice = chooseEncryption(bucket, input);
    const properties = await propertiesOf(ctx, bucket, input, signed.signer ?? ctx.principal);
    const row = await storeObject(ctx, bucket, key, choice, tagged(properties, form), measured(form, signed.policy), {
      contentMd5: form.fields['content-md5'],
      checksum: expectedChecksum(ctx, input, undefined),
      wantsMd5: choice.kind === 's3',
    });
    tellNotified(ctx, bucket, key, row, 's3:ObjectCreated:Post');
    if (ctx.http !== undefined) {
      ctx.http.answer['etag'] = `"${row.etag}"`;
      if (bucket.versioning !== undefined) ctx.http.answer['x-amz-version-id'] = row.versionId;
    }
    return answer(ctx, bucket, key, row.etag, form);
  },
};

async function read(body: Readable | Uint8Array, boundary: string): Promise<Form> {
  const pieces = body instanceof Uint8Array ? [body] : body.iterator({ destroyOnReturn: false });
  try {
    return await readForm(toAsync(pieces as AsyncIterable<Uint8Array> | Iterable<Uint8Array>), boundary);
  } catch (error) {
    if (!(error instanceof FormFault)) throw error;
    if (error.kind === 'too-large')
      throw refused(
        'MaxPostPreDataLengthExceeded',
        'Your POST request fields preceding the upload file were too large.',
      );
    if (error.kind === 'no-file')
      throw refused('InvalidArgument', 'POST requires exactly one file upload per request.', 400, {
        ArgumentName: 'file',
        ArgumentValue: '0',
      });
    throw refused('MalformedPOSTRequest', 'The body of your POST request is not well-formed multipart/form-data.');
  }
}

async function* toAsync(pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

type Signed = { readonly signer: Principal | undefined; readonly policy: PostPolicy | undefined };

/** Who signed the form, and that it keeps to its policy. @throws ServiceError */
async function admit(ctx: Context, bucket: BucketRow, form: Form): Promise<Signed> {
  const { policy: text, ...fields } = form.fields;
  const claims = ['x-amz-signature', 'signature', 'x-amz-credential', 'awsaccesskeyid', 'x-amz-algorithm'];
  if (text === undefined) {
    if (claims.some((name) => fields[name] !== undefined)) throw refusal('AccessDenied');
    return { signer: undefined, policy: undefined };
  }
  const signer = await ctx.signerOf(text, form.fields);
  ctx.identify(signer);
  const policy = parsePostPolicy(Buffer.from(text, 'base64').toString());
  if ('code' in policy) throw refused(policy.code, policy.message, policy.code === 'AccessDenied' ? 403 : 400);
  const meant = { ...fields, bucket: bucket.name, key: keyOf(form) };
  const broken = policyRefusal(policy, meant, ctx.now);
  if (broken !== undefined) throw refusal403(broken);
  return { signer, policy };
}

function refusal403(message: string): Error {
  return refused('AccessDenied', message, 403);
}

function keyOf({ fields, fileName }: Form): string {
  const key = fields['key'];
  if (key === undefined || key === '') {
    throw refused(
      'InvalidArgument',
      "Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields.",
      400,
      { ArgumentName: 'key', ArgumentValue: '' },
    );
  }
  return key.replace(/\$\{filename\}/g, () => fileName);
}

type PostInput = ObjectInput & Parameters<typeof chooseEncryption>[1] & Parameters<typeof expectedChecksum>[1];

/** The form's fields as the members that PutObject has. */
function inputOf({ fields, fileType }: Form): PostInput {
  const field = (name: string): string | undefined => fields[name];
  const until = field('x-amz-object-lock-retain-until-date');
  const metadata = Object.entries(fields)
    .filter(([name]) => name.startsWith('x-amz-meta-'))
    .map(([name, value]) => [name.slice('x-amz-meta-'.length), Buffer.from(value).toString('latin1')] as const);
  return {
    ACL: field('acl') ?? field('x-amz-acl'),
    ContentType: field('content-type') ?? fileType,
    CacheControl: field('cache-control'),
    ContentDisposition: field('content-disposition'),
    ContentEncoding: field('content-encoding'),
    Expires: field('expires'),
    Metadata: metadata.length === 0 ? undefined : Object.fromEntries(metadata),
    StorageClass: field('x-amz-storage-class'),
    WebsiteRedirectLocation: field('x-amz-website-redirect-location'),
    ObjectLockMode: field('x-amz-object-lock-mode'),
    ObjectLockRetainUntilDate: until === undefined ? undefined : new Date(until),
    ObjectLockLegalHoldStatus: field('x-amz-object-lock-legal-hold'),
    ServerSideEncryption: field('x-amz-server-side-encryption'),
    SSEKMSKeyId: field('x-amz-server-side-encryption-aws-kms-key-id'),
    SSEKMSEncryptionContext: field('x-amz-server-side-encryption-context'),
    SSECustomerAlgorithm: field('x-amz-server-side-encryption-customer-algorithm'),
    SSECustomerKey: field('x-amz-server-side-encryption-customer-key'),
    SSECustomerKeyMD5: field('x-amz-server-side-encryption-customer-key-md5'),
    ChecksumCRC32: field('x-amz-checksum-crc32'),
    ChecksumCRC32C: field('x-amz-checksum-crc32c'),
    ChecksumCRC64NVME: field('x-amz-checksum-crc64nvme'),
    ChecksumSHA1: field('x-amz-checksum-sha1'),
    ChecksumSHA256: field('x-amz-checksum-sha256'),
    ...(field('tagging') === undefined ? {} : { Tagging: '' }),
  };
}

/** Tags stand in a form as XML. @throws ServiceError MalformedXML, InvalidTag */
function tagged<P extends object>(properties: P, { fields }: Form): P {
  const text = fields['tagging'];
  if (text === undefined) return properties;
  const tags = tagsIn(text);
  const fault = tagFault(tags, 10);
  if (fault !== undefined) throw refused(fault.code, fault.message, 400, { ...fault.members });
  const stored = tagRecord(tags);
  return stored === undefined ? properties : { ...properties, tags: stored };
}

function tagsIn(text: string): readonly { readonly Key: string; readonly Value: string }[] {
  try {
    const root = parseXml(text);
    const set = root.children.find(({ name }) => name === 'TagSet');
    if (root.name !== 'Tagging' || set === undefined) throw new Error('no tags');
    return set.children.map(({ children }) => {
      const of = (wanted: string) => children.find(({ name }) => name === wanted)?.text;
      const [Key, Value] = [of('Key'), of('Value')];
      if (Key === undefined || Value === undefined) throw new Error('no tag');
      return { Key, Value };
    });
  } catch {
    throw refusal('MalformedXML');
  }
}

/** The file, whose size the policy limits. */
async function* measured({ file }: Form, policy: PostPolicy | undefined): AsyncGenerator<Uint8Array> {
  const { minSize = 0, maxSize = Number.POSITIVE_INFINITY } = policy ?? {};
  let size = 0;
  for await (const piece of file) {
    size += piece.length;
    if (size > maxSize) throw refusal('EntityTooLarge', { ProposedSize: size, MaxSizeAllowed: maxSize });
    yield piece;
  }
  if (size < minSize) throw refusal('EntityTooSmall', { ProposedSize: size, MinSizeAllowed: minSize });
}

function answer(ctx: Context, bucket: BucketRow, key: string, etag: string, { fields }: Form): object {
  const redirect = URL.parse(fields['success_action_redirect'] ?? fields['redirect'] ?? '');
  const headers = ctx.http?.answer ?? {};
  const location = `http://${ctx.request.host}/${bucket.name}/${encodeURIComponent(key)}`;
  headers['location'] = location;
  if (redirect !== null && /^https?:$/.test(redirect.protocol)) {
    redirect.searchParams.set('bucket', bucket.name);
    redirect.searchParams.set('key', key);
    redirect.searchParams.set('etag', `"${etag}"`);
    headers['location'] = redirect.href;
    return { StatusCode: 303 };
  }
  const status = fields['success_action_status'];
  if (status === '200') return { StatusCode: 200 };
  if (status !== '201') return { StatusCode: 204 };
  headers['content-type'] = 'application/xml';
  const members = Object.entries({ Location: location, Bucket: bucket.name, Key: key, ETag: `"${etag}"` });
  const text = members.map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`).join('');
  return { StatusCode: 201, Body: `<?xml version="1.0" encoding="UTF-8"?>\n<PostResponse>${text}</PostResponse>` };
}
