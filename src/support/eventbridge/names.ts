import type { Context } from '#runtime/context.ts';

/** Where something of an account lives. */
export type Place = { readonly account: string; readonly region: string };

/** A bus, wherever it is. */
export type BusReference = Place & { readonly name: string };

const busArnPattern = /^arn:aws:events:([a-z0-9-]+):(\d{12}):event-bus\/(.+)$/;

/** The bus that a request names: by name or ARN; the default bus where it names none. */
export function busReference(text: string | undefined, ctx: Place): BusReference {
  const [, region, account, name] = busArnPattern.exec(text ?? '') ?? [];
  if (region !== undefined && account !== undefined && name !== undefined) return { account, region, name };
  return { account: ctx.account, region: ctx.region, name: text ?? 'default' };
}

export function busArn({ account, region, name }: BusReference): string {
  return `arn:aws:events:${region}:${account}:event-bus/${name}`;
}

/** Rules on the default bus don't name it. */
export function ruleArn({ account, region, name }: BusReference, rule: string): string {
  return `arn:aws:events:${region}:${account}:rule/${name === 'default' ? '' : `${name}/`}${rule}`;
}

/** The ARN of something else of this account. */
export function ownArn({ account, region }: Place, kind: string, name: string): string {
  return `arn:aws:events:${region}:${account}:${kind}/${name}`;
}

/** Parts of any ARN; undefined for what is none. */
export function arnParts(arn: string): (Place & { readonly service: string; readonly resource: string }) | undefined {
  const [, service, region, account, resource] = /^arn:aws:([^:]*):([^:]*):([^:]*):(.+)$/.exec(arn) ?? [];
  if (service === undefined || region === undefined || account === undefined || resource === undefined)
    return undefined;
  return { service, region, account, resource };
}

/** A resource of this service that carries tags: `event-bus/a`, `rule/a`, `rule/bus/a`. */
export type Tagged =
  | { readonly kind: 'bus'; readonly bus: BusReference }
  | { readonly kind: 'rule'; readonly bus: BusReference; readonly rule: string };

/** The bus or rule of an ARN. */
export function taggedReference(arn: string): Tagged | undefined {
  const parts = arnParts(arn);
  if (parts?.service !== 'events') return undefined;
  const { account, region, resource } = parts;
  const [, kind, rest = ''] = /^(event-bus|rule)\/(.+)$/.exec(resource) ?? [];
  if (kind === 'event-bus') return { kind: 'bus', bus: { account, region, name: rest } };
  if (kind !== 'rule') return undefined;
  const slash = rest.lastIndexOf('/');
  const name = slash === -1 ? 'default' : rest.slice(0, slash);
  return { kind: 'rule', bus: { account, region, name }, rule: rest.slice(slash + 1) };
}

/** Where a call stands, without the rest of its context. */
export function placeOf({ account, region }: Context): Place {
  return { account, region };
}
