import { ServiceError } from '#wire/service-error.ts';
import type { Operation } from './api.ts';
import { readPolicy } from './engine/engine.ts';
import { entityOfArn, entityResource, policiesOf } from './entity-policies.ts';
import { grantsService } from './granted-services.ts';
import { pageOfList } from './page.ts';

export const ListPoliciesGrantingServiceAccess: Operation<'ListPoliciesGrantingServiceAccess'> = {
  resource: ({ Arn }, ctx) => entityResource(ctx, Arn),
  handle: async ({ Arn, ServiceNamespaces, Marker }, ctx) => {
    const entity = await entityOfArn(ctx, Arn);
    if (entity === undefined) throw new ServiceError('NoSuchEntityException', `ARN ${Arn} was not found.`);
    const policies = await policiesOf(ctx, entity);
    const namespaces = [...new Set(ServiceNamespaces)].sort();
    const { rows, end } = pageOfList(namespaces, { Marker }, (namespace) => namespace);
    return {
      PoliciesGrantingServiceAccess: rows.map((namespace) => ({
        ServiceNamespace: namespace,
        Policies: policies
          .filter(({ document }) => allows(document, namespace))
          .map(({ name, arn, holder }) => ({
            PolicyName: name,
            PolicyType: arn === undefined ? ('INLINE' as const) : ('MANAGED' as const),
            ...(arn === undefined ? { EntityType: holder.type, EntityName: holder.name } : { PolicyArn: arn }),
          })),
      })),
      ...end,
    };
  },
};

function allows(document: string, namespace: string): boolean {
  const reading = readPolicy(document);
  return reading.ok && grantsService(reading.policy, namespace);
}
