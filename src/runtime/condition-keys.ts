import type { RequestFacts, Source } from './context.ts';
import type { Conditions, ResourceRef } from './operation.ts';
import type { Principal } from './principal.ts';

/**
 * Keys that every request has, whatever it asks and whoever asks (IAM user guide, "AWS global condition context keys"). Those of the
 * principal come from the principal.
 */
export function globalKeys({ principal, facts, region, now, calledVia, source }: Asked): Conditions {
  const at = timeKeys(now);
  const keys: Record<string, string | readonly string[]> = {
    'aws:CurrentTime': at.current,
    'aws:EpochTime': at.epoch,
    'aws:UserAgent': facts.userAgent,
    'aws:SecureTransport': facts.tls === undefined ? 'false' : 'true',
    'aws:RequestedRegion': region,
    'aws:ViaAWSService': calledVia.length > 0 ? 'true' : 'false',
  };
  if (principal.keys['aws:PrincipalIsAWSService'] === undefined) keys['aws:PrincipalIsAWSService'] = 'false';
  if (source !== undefined) {
    keys['aws:SourceArn'] = source.arn;
    keys['aws:SourceAccount'] = source.account;
    if (source.owner === true) keys['aws:SourceOwner'] = source.account;
  }
  const [first] = calledVia;
  if (first === undefined) {
    keys['aws:SourceIp'] = facts.sourceIp;
  } else {
    // A call by a service comes from the service, not from the client's address.
    keys['aws:CalledVia'] = calledVia;
    keys['aws:CalledViaFirst'] = first;
    keys['aws:CalledViaLast'] = calledVia.at(-1) ?? first;
  }
  return keys;
}

type Asked = {
  readonly principal: Principal;
  readonly facts: RequestFacts;
  readonly region: string;
  readonly now: number;
  readonly calledVia: readonly string[];
  readonly source?: Source | undefined;
};

/** Times as keys; remembered, since calls of one millisecond share them. */
function timeKeys(now: number): { readonly current: string; readonly epoch: string } {
  if (now !== lastTime.now) {
    lastTime = { now, current: new Date(now).toISOString(), epoch: String(Math.floor(now / 1000)) };
  }
  return lastTime;
}
let lastTime = { now: Number.NaN, current: '', epoch: '' };

/** Keys that follow from the resource. */
export function resourceKeys(resource: ResourceRef, account: string): Conditions {
  const keys: Record<string, string | readonly string[] | undefined> = { 'aws:ResourceAccount': account };
  for (const name in resource.tags) keys[`aws:ResourceTag/${name}`] = resource.tags[name];
  return resource.conditions === undefined ? keys : Object.assign(keys, resource.conditions);
}

/** `aws:RequestTag/…` and `aws:TagKeys` of tags that a request carries. */
export function requestTagKeys(
  tags: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] | undefined,
): Conditions {
  if (tags === undefined || tags.length === 0) return {};
  const keys: Record<string, string | readonly string[]> = { 'aws:TagKeys': tags.map((tag) => tag.Key ?? '') };
  for (const tag of tags) keys[`aws:RequestTag/${tag.Key ?? ''}`] = tag.Value ?? '';
  return keys;
}
