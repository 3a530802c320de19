import { ServiceError } from '#wire/service-error.ts';
import { findTrail, trailResource } from './access.ts';
import type { Operation } from './api.ts';

/** No trail has insights: PutInsightSelectors is not served. */
export const GetInsightSelectors: Operation<'GetInsightSelectors'> = {
  resource: ({ TrailName }, ctx) => trailResource(nameOf(TrailName), ctx),
  handle: async ({ TrailName }, ctx) => {
    const { name } = await findTrail(nameOf(TrailName), ctx);
    throw new ServiceError('InsightNotEnabledException', `Trail ${name} does not have Insights enabled.`);
  },
};

/** @throws ServiceError InvalidParameterCombinationException: there are no event data stores */
function nameOf(trail: string | undefined): string {
  if (trail !== undefined) return trail;
  throw new ServiceError('InvalidParameterCombinationException', 'Expected the name of a trail.');
}
