import { type ChildProcess, fork } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import type { ApiCall, Target } from './api-call.ts';
import type { LoadOrder, LoadReport, LoadResult } from './load-message.ts';
import { cpuSeconds } from './process-usage.ts';
import { median } from './row.ts';

/** Connections of every load. */
export const connections = 16;

/** Seconds: the first for the caches and the compiler, then three runs that count. A row stays below six seconds. */
const warmUp = 1;
const runSeconds = 1.2;
const runs = 3;

/** What the server still does for the calls that it answered counts: checkpoints, cursors, collection of garbage. */
export const settleMs = 50;

export type Measured = {
  /** Calls for each second of CPU time of the server, per run. */
  readonly perCpuSecond: readonly number[];
  readonly perSecond: number;
  /** Median over the runs, ms. */
  readonly p50: number;
  readonly p99: number;
};

/** Loads a server from another process and reads how much CPU time it took. @throws Error when one call did not answer 200 */
export async function measureCalls(pid: number, target: Target, calls: readonly ApiCall[]): Promise<Measured> {
  const load = await Load.open(target, calls);
  try {
    await load.run(warmUp);
    const results: LoadResult[] = [];
    const perCpuSecond: number[] = [];
    for (let run = 0; run < runs; run++) {
      const before = cpuSeconds(pid);
      const result = await load.run(runSeconds);
      await pause(settleMs);
      perCpuSecond.push(result.requests / (cpuSeconds(pid) - before));
      results.push(result);
    }
    return {
      perCpuSecond,
      perSecond: median(results.map(({ requests, seconds }) => requests / seconds)),
      p50: median(results.map(({ p50 }) => p50)),
      p99: median(results.map(({ p99 }) => p99)),
    };
  } finally {
    load.close();
  }
}

/** A process that makes load. */
export class Load {
  readonly #worker: ChildProcess;
  #answer: ((report: LoadReport) => void) | undefined;

  private constructor(worker: ChildProcess) {
    this.#worker = worker;
    worker.on('message', (report: LoadReport) => this.#answer?.(report));
    worker.on('exit', (code) => this.#answer?.({ kind: 'failed', reason: `the load generator ended with ${code}` }));
  }

  /** Starts the process and lets it sign all requests. */
  static async open(target: Target, calls: readonly ApiCall[]): Promise<Load> {
    const load = new Load(fork(new URL('load-worker.ts', import.meta.url), { execArgv: ['-C', 'source'] }));
    try {
      await load.#order({ kind: 'prepare', target, calls, connections });
      return load;
    } catch (error) {
      load.close();
      throw error;
    }
  }

  /** @throws Error when one call did not answer 200 */
  async run(seconds: number): Promise<LoadResult> {
    const report = await this.#order({ kind: 'run', seconds });
    if (report.kind !== 'done') throw new Error('INVARIANT: a run answers with its result');
    return report.result;
  }

  close(): void {
    this.#worker.kill();
  }

  #order(order: LoadOrder): Promise<LoadReport> {
    return new Promise((resolve, reject) => {
      this.#answer = (report) => (report.kind === 'failed' ? reject(new Error(report.reason)) : resolve(report));
      this.#worker.send(order);
    });
  }
}
