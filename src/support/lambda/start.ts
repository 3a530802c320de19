import type { RunningService } from '#runtime/service.ts';
import type { ServiceRuntime } from '#runtime/service-runtime.ts';
import { Pollers } from './pollers.ts';
import { startRunning } from './running.ts';

/** What Lambda runs beside its operations: environments, and pollers of queues. */
export async function startLambda(runtime: ServiceRuntime): Promise<RunningService> {
  const running = await startRunning(runtime);
  const pollers = new Pollers(running);
  return {
    stop: async () => {
      // What runs is ended first: nobody waits for it any longer.
      await Promise.all([running.stop(), pollers.stop()]);
    },
  };
}
