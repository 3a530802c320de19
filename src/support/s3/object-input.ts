import type { Context } from '#runtime/context.ts';
import type { Conditions } from '#runtime/operation.ts';
import type { Principal } from '#runtime/principal.ts';
import { prefixed, requestKeys } from './access.ts';
import { aclFrom, type GrantInput, hasAcl } from './acl-input.ts';
import { type Acl, isPublicAcl } from './engine/acl.ts';
import { retainUntil } from './engine/object-lock.ts';
import { parseTagHeader, type TagRecord, tagFault, tagRecord } from './engine/tags.ts';
import { invalidArgument, invalidRequest, refusal, refused } from './errors.ts';
import { publicAccessOf } from './public-access.ts';
import type { BucketRow, ObjectHeaders, ObjectRow } from './records.ts';

/** What requests that make an object have alike. */
export type ObjectInput = GrantInput & {
  readonly ContentType?: string | undefined;
  readonly CacheControl?: string | undefined;
  readonly ContentDisposition?: string | undefined;
  readonly ContentEncoding?: string | undefined;
  readonly ContentLanguage?: string | undefined;
  readonly Expires?: Date | string | undefined;
  readonly Metadata?: Readonly<Record<string, string | undefined>> | undefined;
  readonly StorageClass?: string | undefined;
  readonly WebsiteRedirectLocation?: string | undefined;
  readonly Tagging?: string | undefined;
  readonly ObjectLockMode?: string | undefined;
  readonly ObjectLockRetainUntilDate?: Date | undefined;
  readonly ObjectLockLegalHoldStatus?: string | undefined;
};

const storageClasses = new Set([
  'STANDARD',
  'REDUCED_REDUNDANCY',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER',
  'DEEP_ARCHIVE',
  'GLACIER_IR',
]);

/** Most bytes of user metadata (S3 user guide, "Working with object metadata"). */
const maxMetadataBytes = 2_048;
const maxKeyBytes = 1_024;

/** @throws ServiceError KeyTooLongError, InvalidURI */
export function checkKey(key: string): void {
  if (!key.isWellFormed()) throw refused('InvalidURI', "Couldn't parse the specified URI.");
  const size = Buffer.byteLength(key);
  if (size > maxKeyBytes) throw refusal('KeyTooLongError', { Size: size, MaxSizeAllowed: maxKeyBytes });
}

export type ObjectProperties = Pick<
  ObjectRow,
  'headers' | 'metadata' | 'tags' | 'acl' | 'retention' | 'legalHold' | 'storageClass' | 'owner'
>;

/** What a new object will have beside its content. @throws ServiceError */
export async function propertiesOf(
  ctx: Context,
  bucket: BucketRow,
  input: ObjectInput,
  writer: Pick<Principal, 'account'> = ctx.principal,
): Promise<ObjectProperties> {
  const headers = headersOf(input);
  const metadata = metadataOf(input.Metadata);
  const tags = tagsOf(input.Tagging);
  const storageClass = storageClassOf(input.StorageClass);
  const owner = writer.account === '' ? bucket.account : writer.account;
  const acl = await newAcl(ctx, bucket, input, owner);
  return {
    owner: bucket.ownership === 'BucketOwnerEnforced' || takesOver(bucket, input) ? bucket.account : owner,
    ...(headers === undefined ? {} : { headers }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(tags === undefined ? {} : { tags }),
    ...(storageClass === undefined ? {} : { storageClass }),
    ...(acl === undefined ? {} : { acl }),
    ...lockOf(ctx, bucket, input),
  };
}

/** With "bucket owner preferred", objects that are given to the bucket owner become its own. */
function takesOver(bucket: BucketRow, input: ObjectInput): boolean {
  return bucket.ownership === 'BucketOwnerPreferred' && input.ACL === 'bucket-owner-full-control';
}

async function newAcl(ctx: Context, bucket: BucketRow, input: ObjectInput, owner: string): Promise<Acl | undefined> {
  if (!hasAcl(input)) {
    return bucket.ownership === 'BucketOwnerEnforced' || owner === bucket.account
      ? undefined
      : { owner, grants: [{ grantee: { account: owner }, permission: 'FULL_CONTROL' }] };
  }
  const acl = aclFrom(input, owner, bucket.account);
  if (bucket.ownership === 'BucketOwnerEnforced') {
    if (input.ACL === 'bucket-owner-full-control' || input.ACL === 'private') return undefined;
    throw refusal('AccessControlListNotSupported');
  }
  if (isPublicAcl(acl) && (await publicAccessOf(ctx, bucket)).blockPublicAcls) throw refusal('AccessDenied');
  return acl;
}

function headersOf(input: ObjectInput): ObjectHeaders | undefined {
  const encoding = input.ContentEncoding?.split(',')
    .map((each) => each.trim())
    .filter((each) => each !== 'aws-chunked' && each !== '')
    .join(',');
  const { Expires: expires } = input;
  const found: Record<string, string | undefined> = {
    contentType: input.ContentType,
    cacheControl: input.CacheControl,
    disposition: input.ContentDisposition,
    encoding: encoding === '' ? undefined : encoding,
    language: input.ContentLanguage,
    expires: expires instanceof Date ? expires.toUTCString() : expires,
    redirect: input.WebsiteRedirectLocation,
  };
  const present = Object.entries(found).filter(([, value]) => value !== undefined);
  return present.length === 0 ? undefined : (Object.fromEntries(present) as ObjectHeaders);
}

function metadataOf(given: ObjectInput['Metadata']): Readonly<Record<string, string>> | undefined {
  if (given === undefined) return undefined;
  const metadata: [string, string][] = [];
  let size = 0;
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    size += name.length + Buffer.byteLength(value, 'latin1');
    metadata.push([name.toLowerCase(), value]);
  }
  if (size > maxMetadataBytes) throw refusal('MetadataTooLarge', { Size: size, MaxSizeAllowed: maxMetadataBytes });
  return metadata.length === 0 ? undefined : Object.fromEntries(metadata);
}

/** @throws ServiceError InvalidArgument, InvalidTag */
export function tagsOf(text: string | undefined): TagRecord | undefined {
  if (text === undefined) return undefined;
  const tags = parseTagHeader(text);
  if (tags === undefined) {
    const message =
      "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.";
    throw invalidArgument(message, 'x-amz-tagging', text);
  }
  const fault = tagFault(tags, 10);
  if (fault !== undefined) throw refused(fault.code, fault.message, 400, { ...fault.members });
  return tagRecord(tags);
}

function storageClassOf(text: string | undefined): string | undefined {
  if (text === undefined || text === 'STANDARD') return undefined;
  if (!storageClasses.has(text)) throw refusal('InvalidStorageClass', { StorageClassRequested: text });
  return text;
}

/** The lock that a request gives, or the bucket's default. @throws ServiceError */
function lockOf(ctx: Context, bucket: BucketRow, input: ObjectInput): Pick<ObjectRow, 'retention' | 'legalHold'> {
  const { ObjectLockMode: mode, ObjectLockRetainUntilDate: until, ObjectLockLegalHoldStatus: hold } = input;
  if (mode === undefined && until === undefined && hold === undefined) {
    const byDefault = bucket.lock?.retention;
    return byDefault === undefined
      ? {}
      : { retention: { mode: byDefault.mode, until: retainUntil(byDefault, ctx.now) } };
  }
  if (bucket.lock === undefined) throw invalidRequest('Bucket is missing Object Lock Configuration');
  if ((mode === undefined) !== (until === undefined)) {
    throw invalidArgument(
      'x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied',
      mode === undefined ? 'x-amz-object-lock-mode' : 'x-amz-object-lock-retain-until-date',
    );
  }
  if (mode !== undefined && mode !== 'GOVERNANCE' && mode !== 'COMPLIANCE')
    throw invalidArgument('Unknown wormMode directive.', 'x-amz-object-lock-mode', mode);
  if (hold !== undefined && hold !== 'ON' && hold !== 'OFF')
    throw invalidArgument("Legal Hold must be either of 'ON' or 'OFF'", 'x-amz-object-lock-legal-hold', hold);
  if (until !== undefined && until.getTime() <= ctx.now)
    throw invalidArgument(
      'The retain until date must be in the future!',
      'x-amz-object-lock-retain-until-date',
      until.toISOString(),
    );
  return {
    ...(mode === undefined || until === undefined ? {} : { retention: { mode, until: until.getTime() } }),
    ...(hold === undefined ? {} : { legalHold: hold === 'ON' }),
  };
}

/** Permissions beyond writing that a request needs. */
export function writeActions(input: ObjectInput): readonly string[] {
  return [
    's3:PutObject',
    ...(input.Tagging === undefined ? [] : ['s3:PutObjectTagging']),
    // Giving an object to the bucket's owner takes nothing from anybody: policies for log deliveries allow `s3:PutObject` alone.
    ...(hasAcl(input) && input.ACL !== 'bucket-owner-full-control' ? ['s3:PutObjectAcl'] : []),
    ...(input.ObjectLockMode === undefined && input.ObjectLockRetainUntilDate === undefined
      ? []
      : ['s3:PutObjectRetention']),
    ...(input.ObjectLockLegalHoldStatus === undefined ? [] : ['s3:PutObjectLegalHold']),
  ];
}

type WriteInput = ObjectInput & {
  readonly ServerSideEncryption?: string | undefined;
  readonly SSEKMSKeyId?: string | undefined;
  readonly SSECustomerAlgorithm?: string | undefined;
  readonly IfMatch?: string | undefined;
  readonly IfNoneMatch?: string | undefined;
  readonly CopySource?: string | undefined;
  readonly MetadataDirective?: string | undefined;
};

/** Condition keys of requests that make an object. */
export function writeKeys(input: WriteInput, ctx: Context): Conditions {
  const tags = input.Tagging === undefined ? undefined : tagsForKeys(input.Tagging);
  const until = input.ObjectLockRetainUntilDate;
  return {
    ...requestKeys(ctx),
    ...aclKeys(input),
    ...prefixed('s3:RequestObjectTag/', tags),
    ...(tags === undefined ? {} : { 's3:RequestObjectTagKeys': Object.keys(tags) }),
    's3:x-amz-server-side-encryption': input.ServerSideEncryption,
    's3:x-amz-server-side-encryption-aws-kms-key-id': input.SSEKMSKeyId,
    's3:x-amz-server-side-encryption-customer-algorithm': input.SSECustomerAlgorithm,
    's3:x-amz-storage-class': input.StorageClass,
    's3:x-amz-website-redirect-location': input.WebsiteRedirectLocation,
    's3:x-amz-copy-source': input.CopySource,
    's3:x-amz-metadata-directive': input.MetadataDirective,
    's3:if-match': input.IfMatch,
    's3:if-none-match': input.IfNoneMatch,
    's3:object-lock-mode': input.ObjectLockMode,
    's3:object-lock-legal-hold': input.ObjectLockLegalHoldStatus,
    's3:object-lock-retain-until-date': until?.toISOString(),
    's3:object-lock-remaining-retention-days':
      until === undefined ? undefined : String(Math.ceil((until.getTime() - ctx.now) / 86_400_000)),
  };
}

export function aclKeys(input: GrantInput): Conditions {
  return {
    's3:x-amz-acl': input.ACL,
    's3:x-amz-grant-full-control': input.GrantFullControl,
    's3:x-amz-grant-read': input.GrantRead,
    's3:x-amz-grant-read-acp': input.GrantReadACP,
    's3:x-amz-grant-write': input.GrantWrite,
    's3:x-amz-grant-write-acp': input.GrantWriteACP,
  };
}

function tagsForKeys(text: string): TagRecord | undefined {
  const tags = parseTagHeader(text);
  return tags === undefined ? undefined : tagRecord(tags);
}
