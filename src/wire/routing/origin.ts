import { formParameter } from '../formats/query-tree.ts';
import type { WireRequest } from '../message.ts';
import { serviceIndex } from '../model/load.ts';

/** What a request says about whom it is for, before any operation is known. */
export type Origin = {
  /** Service by credential scope, else by host name; undefined when neither tells. */
  readonly service: string | undefined;
  readonly region: string | undefined;
  /** What the credential scope names, when it is no service of ours. */
  readonly unknown: string | undefined;
};

type Head = Omit<WireRequest, 'body'>;

const bySigningName = new Map<string, string>();
const byHostLabel = new Map<string, string>();
for (const [name, meta] of serviceIndex) {
  // S3 Control signs as `s3`; its paths tell it apart (rest-route.ts).
  if (name !== 's3control') bySigningName.set(meta.signingName, name);
  byHostLabel.set(meta.endpointPrefix, name);
}
for (const alias of ['s3express', 's3-object-lambda', 's3-outposts']) bySigningName.set(alias, 's3');

/** Service and region of a request. */
export function originOf(request: Head): Origin {
  const scope = credentialScope(request);
  const host = hostOrigin(request.headers['host'] ?? '');
  if (scope === undefined) return { ...host, service: isSigV2(request) ? 's3' : host.service };
  const service = bySigningName.get(scope.service);
  return { service, region: scope.region, unknown: service === undefined ? scope.service : undefined };
}

/** Region and service of `AKID/20260102/us-east-1/kms/aws4_request`, from the header or the presigned query. */
function credentialScope(request: Head): { region: string; service: string } | undefined {
  const authorization = request.headers['authorization'];
  let credential: string | undefined;
  if (authorization !== undefined) {
    const at = authorization.indexOf('Credential=');
    if (at < 0) return undefined;
    const end = authorization.indexOf(',', at);
    credential = authorization.slice(at + 'Credential='.length, end < 0 ? undefined : end);
  } else if (request.query !== '') credential = formParameter(request.query, 'X-Amz-Credential');
  if (credential === undefined || credential.length > 512) return undefined;
  // Access key ids have no slash, but the scope is counted from the end all the same.
  const parts = credential.trim().split('/');
  const [region, service] = [parts.at(-3), parts.at(-2)];
  return region === undefined || service === undefined ? undefined : { region, service };
}

/** The old signature form, which only S3 clients still send. */
function isSigV2(request: Head): boolean {
  return (
    request.headers['authorization']?.startsWith('AWS ') === true ||
    (request.query !== '' && formParameter(request.query, 'AWSAccessKeyId') !== undefined)
  );
}

/** Service and region of a host name: `ssm.us-east-1.amazonaws.com`, `iam.localhost:4566`, `bucket.s3.localhost`. */
export function hostOrigin(host: string): Origin {
  const labels = hostLabels(host);
  let service: string | undefined;
  if (labels.some(isS3Label)) service = 's3';
  for (let i = 0; service === undefined && i < Math.min(labels.length, 3); i++) {
    const label = labels[i] as string;
    service =
      byHostLabel.get(`${label}.${labels[i + 1]}`) ??
      byHostLabel.get(label) ??
      byHostLabel.get(label.replace(/^stream-/, ''));
  }
  const region = labels.find((label) => /^[a-z]{2}(?:-[a-z]+)+-\d$/.test(label));
  return { service, region, unknown: undefined };
}

/** Lower-case labels of a Host header, without the port; none for addresses. */
export function hostLabels(host: string): readonly string[] {
  if (host.startsWith('[') || host.length > 253 + 6) return [];
  const name = host.replace(/:\d+$/, '').toLowerCase();
  return /^[\d.]*$/.test(name) ? [] : name.split('.');
}

/** `s3`, `s3-us-west-2`, `s3-accelerate`, … but not `s3-control`. */
export function isS3Label(label: string): boolean {
  return label === 's3' || (/^s3-(?:[a-z]{2}-|accelerate|fips|object-lambda)/.test(label) && label !== 's3-control');
}
