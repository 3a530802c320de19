import type { Installation } from './installation.ts';
import type { RunningService } from './service.ts';
import { serviceRuntime } from './service-runtime.ts';

/** What services run beside their operations. */
export class RunningServices {
  readonly #house: Installation;
  readonly #running: RunningService[] = [];

  constructor(house: Installation) {
    this.#house = house;
  }

  async begin(): Promise<void> {
    for (const service of this.#house.services.values()) {
      if (service.start !== undefined) this.#running.push(await service.start(serviceRuntime(this.#house, service)));
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#running.map((service) => service.stop()));
  }
}
