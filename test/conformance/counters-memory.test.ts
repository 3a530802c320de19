import { memoryCounters } from '#store/counters/memory-counters.ts';
import { countersConformance } from './counters.ts';

let now = 0;
countersConformance(
  'memory',
  async () => memoryCounters({ now: () => now }),
  async (ms) => {
    now += ms;
  },
);
