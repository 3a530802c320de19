import type { Call } from '#runtime/call.ts';
import type { Principal } from '#runtime/principal.ts';

/**
 * Attributes that LookupEvents takes, but for the event's id, which finds its record by itself. Every call writes its terms: their names
 * are short, and a resource is found by the last part of its name.
 */
const tags = {
  AccessKeyId: 'k',
  EventName: 'n',
  EventSource: 's',
  ReadOnly: 'o',
  ResourceName: 'r',
  ResourceType: 't',
  Username: 'u',
} as const;

export type AttributeKey = keyof typeof tags;

type Place = { readonly account: string; readonly region: string };

/** What every management event of an account and region is found by. */
export function placeTerm({ account, region }: Place): string {
  return `${account}/${region}`;
}

/** @example attributeTerm({ account: '111122223333', region: 'us-east-1' }, 'EventName', 'PutParameter') // '111122223333/us-east-1/n=PutParameter' */
export function attributeTerm(place: Place, key: AttributeKey, value: string): string {
  return `${placeTerm(place)}/${tags[key]}=${key === 'ResourceName' ? lastPart(value) : value}`;
}

/** What an ARN and the name in it have in common: `nameIn` cuts behind a colon or a slash, too. */
function lastPart(name: string): string {
  return name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf(':')) + 1);
}

/** User name, session name or `root`, as the console shows it. */
export function userNameOf({ type, userName, arn }: Readonly<Record<string, unknown>>): string | undefined {
  if (type === 'Root') return 'root';
  if (typeof userName === 'string') return userName;
  return typeof arn === 'string' ? arn.slice(arn.lastIndexOf('/') + 1) : undefined;
}

/** Last part of an ARN; a parameter keeps its path. */
export function nameIn(arn: string): string {
  let at = -1;
  for (let colons = 0; colons < 5; colons++) {
    at = arn.indexOf(':', at + 1);
    if (at < 0) return '';
  }
  const resource = arn.slice(at + 1);
  return resource.slice(resource.indexOf('/') + 1);
}

/** Terms of what a principal does again and again, by place and operation: nine of ten calls find theirs here. */
const usual = new WeakMap<Principal, Map<string, readonly string[]>>();

/**
 * What the record of a call is looked up by. None for data events: look-ups do not show them.
 *
 * @param identity the record's `userIdentity`; asked for once for each principal and operation
 */
export function termsOf(call: Call, identity: () => Readonly<Record<string, unknown>>): readonly string[] {
  if (call.dataEvent === true) return [];
  const place = placeTerm(call);
  const always =
    call.seenBy === undefined && call.calledVia.length === 0
      ? usualTerms(call, place, identity)
      : callTerms(call, identity());
  if (call.resources.length === 0) return always;
  const terms = [...always];
  for (const { arn, type } of call.resources) {
    terms.push(`${place}/t=${type}`, `${place}/r=${lastPart(arn)}`);
  }
  return terms;
}

function usualTerms(call: Call, place: string, identity: () => Readonly<Record<string, unknown>>): readonly string[] {
  const name = `${place}/${call.eventSource}/${call.operation}/${call.readOnly}`;
  let known = usual.get(call.principal);
  if (known === undefined) {
    known = new Map();
    usual.set(call.principal, known);
  }
  let terms = known.get(name);
  if (terms === undefined) {
    terms = callTerms(call, identity());
    known.set(name, terms);
  }
  return terms;
}

function callTerms(call: Call, identity: Readonly<Record<string, unknown>>): readonly string[] {
  const terms = [
    placeTerm(call),
    attributeTerm(call, 'EventName', call.operation),
    attributeTerm(call, 'EventSource', call.eventSource),
    attributeTerm(call, 'ReadOnly', String(call.readOnly)),
  ];
  const user = userNameOf(identity);
  if (user !== undefined) terms.push(attributeTerm(call, 'Username', user));
  const key = identity['accessKeyId'];
  if (typeof key === 'string') terms.push(attributeTerm(call, 'AccessKeyId', key));
  return terms;
}
