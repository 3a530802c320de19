import { ServiceError } from '#wire/service-error.ts';
import { findTrail, homeTrail, trailResource } from './access.ts';
import type { Input, Operation, Output } from './api.ts';
import { advancedFault, basicFault } from './engine/selector-faults.ts';
import type { AdvancedSelector, EventSelector, Selectors } from './engine/selectors.ts';
import { type TrailRow, trailId, trails } from './records.ts';

export const PutEventSelectors: Operation<'PutEventSelectors'> = {
  resource: ({ TrailName }, ctx) => trailResource(TrailName, ctx),
  handle: async (input, ctx) => {
    const row = await homeTrail(input.TrailName, ctx);
    const changed: TrailRow = { ...row, selectors: selectorsOf(input) };
    ctx.records.put(trails, trailId(row), changed);
    return shown(changed);
  },
};

export const GetEventSelectors: Operation<'GetEventSelectors'> = {
  resource: ({ TrailName }, ctx) => trailResource(TrailName, ctx),
  handle: async ({ TrailName }, ctx) => shown(await findTrail(TrailName, ctx)),
};

/** @throws ServiceError InvalidEventSelectorsException */
function selectorsOf({ EventSelectors, AdvancedEventSelectors }: Input<'PutEventSelectors'>): Selectors {
  if ((EventSelectors === undefined) === (AdvancedEventSelectors === undefined))
    throw invalid('Expected either event selectors or advanced event selectors.');
  if (EventSelectors !== undefined) {
    const basic = EventSelectors.map(basicOf);
    const fault = basicFault(basic);
    if (fault !== undefined) throw invalid(fault);
    return { basic };
  }
  const advanced = (AdvancedEventSelectors ?? []) as readonly AdvancedSelector[];
  const fault = advancedFault(advanced);
  if (fault !== undefined) throw invalid(fault);
  return { advanced };
}

function basicOf(given: NonNullable<Input<'PutEventSelectors'>['EventSelectors']>[number]): EventSelector {
  return {
    ReadWriteType: given.ReadWriteType ?? 'All',
    IncludeManagementEvents: given.IncludeManagementEvents ?? true,
    DataResources: (given.DataResources ?? []).map(({ Type = '', Values = [] }) => ({ Type, Values })),
    ExcludeManagementEventSources: given.ExcludeManagementEventSources ?? [],
  };
}

function shown({ arn, selectors }: TrailRow): Output<'GetEventSelectors'> {
  return 'basic' in selectors
    ? { TrailARN: arn, EventSelectors: selectors.basic }
    : { TrailARN: arn, AdvancedEventSelectors: selectors.advanced };
}

function invalid(message: string): ServiceError {
  return new ServiceError('InvalidEventSelectorsException', message);
}
