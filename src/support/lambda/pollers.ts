import { setTimeout as pause } from 'node:timers/promises';
import type { Context } from '#runtime/context.ts';
import type { RunningService } from '#runtime/service.ts';
import { type ActiveWork, activeId, activeWork } from './active-work.ts';
import { QueuePoller } from './queue-poller.ts';
import type { Running } from './running.ts';

const installation = { account: '', region: '' };
/** Work that another process began or ended is noticed within this time at the latest. */
const lookMs = 60_000;
const failedMs = 5_000;
const breathMs = 20;

/** Begins and ends what runs beside requests: one poller for each enabled mapping. */
export class Pollers implements RunningService {
  readonly #running: Running;
  readonly #pollers = new Map<string, { readonly generation: string; readonly poller: QueuePoller }>();
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;

  constructor(running: Running) {
    this.#running = running;
    this.#ended = this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#ended;
    await Promise.all([...this.#pollers.values()].map(({ poller }) => poller.stop()));
  }

  async #run(): Promise<void> {
    const { runtime } = this.#running;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        await runtime.run(installation, 'WatchMappings', async (ctx) => {
          const watch = ctx.watch(activeWork, 'mapping|');
          this.#reconcile(await list(ctx));
          await watch.changed(ctx.now + lookMs, signal);
        });
        // When the server ends, no watch waits any longer: this loop must not keep the rest from running.
        await pause(breathMs, undefined, { signal, ref: false }).catch(() => {});
      } catch (error) {
        if (signal.aborted) return;
        runtime.log.warn({ err: error }, 'event source mappings could not be read');
        await pause(failedMs, undefined, { signal, ref: false }).catch(() => {});
      }
    }
  }

  #reconcile(wanted: readonly ActiveWork[]): void {
    const byId = new Map(wanted.map((work) => [activeId(work), work]));
    for (const [id, { generation, poller }] of this.#pollers) {
      if (byId.get(id)?.generation === generation) continue;
      this.#pollers.delete(id);
      void poller.stop();
    }
    for (const [id, work] of byId) {
      if (this.#pollers.has(id)) continue;
      const poller = new QueuePoller(this.#running, work);
      this.#pollers.set(id, { generation: work.generation, poller });
    }
  }
}

async function list(ctx: Context): Promise<readonly ActiveWork[]> {
  const all: ActiveWork[] = [];
  let after: string | undefined;
  for (;;) {
    const page = await ctx.records.list(activeWork, { prefix: 'mapping|', ...(after === undefined ? {} : { after }) });
    all.push(...page.map(({ value }) => value));
    if (page.length < 1_000) return all;
    after = page.at(-1)?.id;
  }
}
