import type { Context } from '#runtime/context.ts';
import { namespaceOf } from './service-namespace.ts';

/** When something was last done, by whom and where. */
export type LastAccess = { readonly time: number; readonly entity: string; readonly region: string };

/** One service as a set of entities used it. */
export type ServiceAccess = {
  readonly last: LastAccess;
  /** Last access of each entity, by ARN of the user or role. */
  readonly byEntity: ReadonlyMap<string, LastAccess>;
  readonly byAction: ReadonlyMap<string, LastAccess>;
};

/** How far back AWS looks. */
const trackedMs = 400 * 86_400_000;

/** What of an audit record counts here. */
type AuditedCall = {
  readonly event: {
    readonly eventTime: string;
    readonly eventSource: string;
    readonly eventName: string;
    readonly awsRegion: string;
    readonly userIdentity: {
      readonly arn?: string;
      readonly sessionContext?: { readonly sessionIssuer?: { readonly arn?: string } };
    };
  };
};

/**
 * What users and roles did, from the audit record: every call counts, refused ones too.
 *
 * @param entities ARNs of users and roles; a role's sessions count for it
 * @param until ms since the epoch
 * @returns by service namespace
 */
export async function accessHistory(
  ctx: Context,
  entities: ReadonlySet<string>,
  until: number,
): Promise<ReadonlyMap<string, ServiceAccess>> {
  const services = new Map<
    string,
    { last: LastAccess; byEntity: Map<string, LastAccess>; byAction: Map<string, LastAccess> }
  >();
  if (entities.size === 0) return services;
  // Newest first: what is seen first is the last access.
  for await (const { json } of ctx.readAudit({ from: until - trackedMs, to: until })) {
    const { event } = JSON.parse(json) as AuditedCall;
    const entity = entityOf(event.userIdentity);
    if (entity === undefined || !entities.has(entity)) continue;
    const namespace = namespaceOf(event.eventSource);
    const access: LastAccess = { time: Date.parse(event.eventTime), entity, region: event.awsRegion };
    let service = services.get(namespace);
    if (service === undefined) {
      service = { last: access, byEntity: new Map(), byAction: new Map() };
      services.set(namespace, service);
    }
    if (!service.byEntity.has(entity)) service.byEntity.set(entity, access);
    if (!service.byAction.has(event.eventName)) service.byAction.set(event.eventName, access);
  }
  return services;
}

function entityOf({ arn, sessionContext }: AuditedCall['event']['userIdentity']): string | undefined {
  return sessionContext?.sessionIssuer?.arn ?? arn;
}
