import type { Installation } from './installation.ts';
import { jobContext } from './job-context.ts';
import { Unit } from './unit.ts';

/** Lets every service write down what it keeps in memory. What fails is tried again the next time. */
export async function upkeep(house: Installation): Promise<void> {
  for (const service of house.services.values()) {
    if (service.upkeep === undefined) continue;
    try {
      const unit = new Unit();
      const { ctx, commit } = jobContext(house, unit, service, 'upkeep', '', house.region);
      await service.upkeep(ctx);
      if (unit.changes) await commit();
    } catch (error) {
      house.log.warn({ err: error, service: service.name }, 'upkeep failed and will run again');
    }
  }
}
