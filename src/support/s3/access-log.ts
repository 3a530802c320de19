import type { Context } from '#runtime/context.ts';
import { servicePrincipal } from '#runtime/principal.ts';
import type { AnsweredCall } from '#runtime/service.ts';
import { slot } from '#runtime/slot.ts';
import { ServiceError } from '#wire/service-error.ts';
import { bucketArn, objectRef } from './access.ts';
import { canonicalId } from './engine/canonical-id.ts';
import { storeObject } from './put-object.ts';
import { type BucketRow, buckets } from './records.ts';

/** Lines that are not delivered yet. A crash loses some: S3 promises its access logs on a best effort, too. */
export const accessLog = slot(() => ({
  /** Requests to logged buckets that are being answered. */
  open: new Map<string, BucketRow>(),
  lines: new Map<string, { readonly bucket: BucketRow; readonly lines: string[] }>(),
}));

const maxLines = 50_000;

/** Notes that a request concerns a bucket whose requests are logged. */
export function noteLogged(ctx: Context, bucket: BucketRow): void {
  if (bucket.logging !== undefined && ctx.http !== undefined) ctx.local(accessLog).open.set(ctx.requestId, bucket);
}

/** Writes the line of a request that was answered (S3 user guide, "Amazon S3 server access log format"). */
export function logAnswered(answered: AnsweredCall, log: ReturnType<(typeof accessLog)['of']>): void {
  const bucket = log.open.get(answered.requestId);
  if (bucket === undefined) return;
  log.open.delete(answered.requestId);
  const kept = log.lines.get(bucket.id) ?? { bucket, lines: [] };
  log.lines.set(bucket.id, kept);
  if (kept.lines.length < maxLines) kept.lines.push(lineOf(bucket, answered));
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function lineOf(bucket: BucketRow, { call, requestId, request, status, code, bytes, ms }: AnsweredCall): string {
  const at = new Date(call.now);
  const two = (value: number) => String(value).padStart(2, '0');
  const time = `[${two(at.getUTCDate())}/${months[at.getUTCMonth()]}/${at.getUTCFullYear()}:${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())} +0000]`;
  const { principal, facts, input, http } = call;
  const requester =
    principal.kind === 'anonymous' ? '-' : principal.kind === 'root' ? canonicalId(principal.account) : principal.arn;
  const key = typeof input['Key'] === 'string' ? encodeURIComponent(input['Key']).replaceAll('%2F', '/') : '-';
  const target = request.query === '' ? request.path : `${request.path}?${request.query}`;
  const auth = { header: 'AuthHeader', presigned: 'QueryString', form: 'POST' }[http?.signature?.kind ?? 'header'];
  const signed = http?.signature !== undefined;
  const quoted = (text: string | undefined) =>
    text === undefined || text === '' ? '"-"' : `"${text.replace(/["\r\n]/g, '%22')}"`;
  return [
    canonicalId(bucket.account),
    bucket.name,
    time,
    facts.sourceIp,
    requester,
    requestId,
    operationName(call.operation, request.method, key !== '-'),
    key,
    quoted(`${request.method} ${target} HTTP/1.1`),
    status,
    code === 'ok' ? '-' : code,
    bytes === 0 ? '-' : bytes,
    '-',
    Math.round(ms),
    Math.round(ms),
    quoted(request.headers['referer']),
    quoted(facts.userAgent),
    typeof input['VersionId'] === 'string' ? input['VersionId'] : '-',
    Buffer.from(`ringwall/${requestId}`).toString('base64'),
    signed ? 'SigV4' : '-',
    facts.tls?.cipher ?? '-',
    signed ? auth : '-',
    facts.host || '-',
    facts.tls?.version ?? '-',
    '-',
    '-',
  ].join(' ');
}

function operationName(operation: string, method: string, object: boolean): string {
  const what = object ? (/Part/.test(operation) ? 'PART' : 'OBJECT') : 'BUCKET';
  return `REST.${/Copy/.test(operation) ? 'COPY' : method}.${what}`;
}

/** Delivers the lines: an object for each bucket, as the log delivery service, which the target's policy must allow. */
export async function deliverLogs(ctx: Context): Promise<void> {
  const { lines } = ctx.local(accessLog);
  const due = [...lines.values()];
  lines.clear();
  for (const { bucket, lines: text } of due) {
    const source = await ctx.records.get(buckets, bucket.name);
    const { logging } = source ?? bucket;
    const target = logging === undefined ? undefined : await ctx.records.get(buckets, logging.bucket);
    if (logging === undefined || target === undefined) continue;
    const stamp = new Date(ctx.now)
      .toISOString()
      .replace(/\.\d+Z$/, '')
      .replace('T', '-')
      .replaceAll(':', '-');
    const key = `${logging.prefix}${stamp}-${Buffer.from(ctx.random(8)).toString('hex').toUpperCase()}`;
    try {
      ctx.identify(servicePrincipal('logging.s3.amazonaws.com'));
      const keys = { 'aws:SourceArn': bucketArn(bucket.name), 'aws:SourceAccount': bucket.account };
      await ctx.authorise('s3:PutObject', await objectRef(ctx, target, key), keys);
      const properties = { owner: target.account, headers: { contentType: 'text/plain' } };
      const expected = { contentMd5: undefined, checksum: undefined, wantsMd5: true };
      await storeObject(ctx, target, key, { kind: 's3' }, properties, `${text.join('\n')}\n`, expected, key);
    } catch (error) {
      // Not allowed any more: the lines are lost, as they are with S3.
      if (!(error instanceof ServiceError)) throw error;
    }
  }
}
