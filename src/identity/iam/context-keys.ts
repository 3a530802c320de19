import { ServiceError } from '#wire/service-error.ts';
import type { Operation } from './api.ts';
import { contextKeysOf, type Policy, parsePolicy, readPolicy } from './engine/engine.ts';
import { entityOfArn, entityResource, policiesOf } from './entity-policies.ts';

export const GetContextKeysForCustomPolicy: Operation<'GetContextKeysForCustomPolicy'> = {
  resource: () => '*',
  handle: ({ PolicyInputList }) => ({ ContextKeyNames: [...contextKeysOf(PolicyInputList.map(givenPolicy))] }),
};

export const GetContextKeysForPrincipalPolicy: Operation<'GetContextKeysForPrincipalPolicy'> = {
  resource: ({ PolicySourceArn }, ctx) => entityResource(ctx, PolicySourceArn),
  handle: async ({ PolicySourceArn, PolicyInputList = [] }, ctx) => {
    const entity = await entityOfArn(ctx, PolicySourceArn);
    if (entity === undefined)
      throw new ServiceError('NoSuchEntityException', 'Unable to retrieve specified IAM entity.');
    const own = (await policiesOf(ctx, entity)).flatMap(({ document }) => {
      const reading = readPolicy(document);
      return reading.ok ? [reading.policy] : [];
    });
    return { ContextKeyNames: [...contextKeysOf([...own, ...PolicyInputList.map(givenPolicy)])] };
  },
};

/** Policies of identities, of resources and of roles' trust: each names keys. */
const kinds = ['identity', 'resource', 'trust'] as const;

/** @throws ServiceError InvalidInput for a document that is no policy of any kind */
function givenPolicy(text: string): Policy {
  const readings = kinds.map((kind) => parsePolicy(text, kind));
  for (const reading of readings) if (reading.ok) return reading.policy;
  const [reading] = readings;
  const message = reading?.ok === false ? reading.errors[0]?.message : undefined;
  throw new ServiceError('InvalidInputException', message ?? 'Syntax errors in policy.');
}
