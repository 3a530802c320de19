import type { RequestFacts } from './context.ts';
import type { Conditions, ResourceRef } from './operation.ts';
import type { Principal } from './principal.ts';

/** Keys that every request has, whatever it asks (IAM user guide, "AWS global condition context keys"). */
export function globalKeys(
  principal: Principal,
  facts: RequestFacts,
  region: string,
  now: number,
  calledVia: readonly string[],
): Conditions {
  const keys: Record<string, string | readonly string[]> = {
    'aws:CurrentTime': new Date(now).toISOString(),
    'aws:EpochTime': String(Math.floor(now / 1000)),
    'aws:SourceIp': facts.sourceIp,
    'aws:UserAgent': facts.userAgent,
    'aws:SecureTransport': facts.tls === undefined ? 'false' : 'true',
    'aws:RequestedRegion': region,
    'aws:ViaAWSService': calledVia.length > 0 ? 'true' : 'false',
    ...principal.keys,
  };
  if (principal.keys['aws:PrincipalIsAWSService'] === undefined) keys['aws:PrincipalIsAWSService'] = 'false';
  const first = calledVia[0];
  const last = calledVia.at(-1);
  if (first !== undefined && last !== undefined) {
    keys['aws:CalledVia'] = calledVia;
    keys['aws:CalledViaFirst'] = first;
    keys['aws:CalledViaLast'] = last;
    // A call by a service comes from the service, not from the client's address.
    delete keys['aws:SourceIp'];
  }
  return keys;
}

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
