import { totalmem } from 'node:os';
import { type Ended, Environment, type EnvironmentPlan } from './environment.ts';
import type { Isolation } from './isolation.ts';
import { processTable } from './process-tree.ts';
import type { RuntimeEvent } from './runtime-api.ts';

/** What serves one instance of one function. */
export type PlannedEnvironment = EnvironmentPlan & {
  /** When its credentials end, by the installation's clock. */
  readonly expiresAt: number;
  /** After its process has ended. */
  readonly gone: () => void;
};

export type Work = {
  /** Environments are reused by work of the same key. */
  readonly key: string;
  readonly plan: () => Promise<PlannedEnvironment>;
  readonly event: Omit<RuntimeEvent, 'deadline'>;
  readonly timeoutMs: number;
  /** The installation's clock, ms. */
  readonly now: number;
};

type Member = {
  readonly key: string;
  readonly environment: Environment;
  readonly expiresAt: number;
  idleSince: number;
  /** Kept warm on purpose. */
  readonly provisioned: boolean;
};

/** Idle environments end after this, as on AWS, where it varies. */
const idleMs = 10 * 60_000;
const sweepMs = 30_000;
/** How often memory is measured while functions run: what it takes in between is not noticed. */
const watchMs = 250;
/** One that has answered is waited for this long: starting another takes longer. */
const returnMs = 40;
/** Environments at once: each is a process of some 50 MB. */
const maxEnvironments = Math.max(16, Math.floor(totalmem() / (256 * 1024 * 1024)));

/** The environments of this process: warm ones are kept, busy ones are watched, all end with it. */
export class Pool {
  readonly #isolation: Isolation;
  /** The most recently used stands last. */
  readonly #idle = new Map<string, Member[]>();
  readonly #busy = new Set<Member>();
  /** Those that have answered, and are about to ask for their next event. */
  readonly #returning = new Map<string, Set<Promise<void>>>();
  #starting = 0;
  readonly #sweeper: NodeJS.Timeout;
  #watcher: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(isolation: Isolation) {
    this.#isolation = isolation;
    this.#sweeper = setInterval(() => this.#sweep(), sweepMs).unref();
  }

  /**
   * Runs one event in a warm environment, or a new one.
   *
   * @returns undefined when the machine can hold no further environment; throws what `plan` throws
   */
  async run(work: Work): Promise<Ended | undefined> {
    const member = this.#take(work) ?? (await this.#returned(work)) ?? (await this.#begin(work.key, work.plan, false));
    if (member === undefined) return undefined;
    this.#busy.add(member);
    this.#watch();
    const started = performance.now();
    let ended: Ended | undefined;
    try {
      ended = await member.environment.invoke(work.event, work.timeoutMs);
      return ended;
    } finally {
      const left = Math.max(work.timeoutMs - (performance.now() - started), 1_000);
      this.#expect(member.key, this.#giveBack(member, left));
    }
  }

  /** Starts environments that stay until they are forgotten. @returns how many became ready */
  async provision(key: string, count: number, plan: () => Promise<PlannedEnvironment>): Promise<number> {
    const members = await Promise.all(Array.from({ length: count }, () => this.#begin(key, plan, true)));
    const ready = await Promise.all(
      members.map(async (member) => {
        if (member === undefined || !(await member.environment.readiness(10_000))) return 0;
        this.#put(member);
        return 1;
      }),
    );
    return ready.reduce<number>((sum, each) => sum + each, 0);
  }

  /** Environments of a key that wait for work. */
  idleOf(key: string): number {
    return this.#idle.get(key)?.length ?? 0;
  }

  /** Ends the idle environments of a key: the function changed. */
  forget(key: string): void {
    for (const member of this.#idle.get(key) ?? []) member.environment.kill();
    this.#idle.delete(key);
  }

  /** Ends everything. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#sweeper);
    clearInterval(this.#watcher);
    const all = [...this.#busy, ...[...this.#idle.values()].flat()];
    this.#idle.clear();
    for (const { environment } of all) environment.kill();
    await Promise.all(all.map(({ environment }) => environment.gone()));
  }

  #take({ key, now, timeoutMs }: Work): Member | undefined {
    const idle = this.#idle.get(key);
    for (let member = idle?.pop(); member !== undefined; member = idle?.pop()) {
      if (idle?.length === 0) this.#idle.delete(key);
      if (!member.environment.dead && member.expiresAt > now + timeoutMs) return member;
      member.environment.kill();
    }
    return undefined;
  }

  #expect(key: string, coming: Promise<void>): void {
    const all = this.#returning.get(key) ?? new Set();
    this.#returning.set(key, all);
    all.add(coming);
    void coming.finally(() => {
      all.delete(coming);
      if (all.size === 0) this.#returning.delete(key);
    });
  }

  /** An environment that comes back in a moment. */
  async #returned(work: Work): Promise<Member | undefined> {
    const coming = this.#returning.get(work.key);
    if (coming === undefined) return undefined;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, returnMs);
    });
    await Promise.race([...coming, late]);
    clearTimeout(timer);
    return this.#take(work);
  }

  async #begin(
    key: string,
    plan: () => Promise<PlannedEnvironment>,
    isProvisioned: boolean,
  ): Promise<Member | undefined> {
    if (this.#stopped || !this.#makeRoom()) return undefined;
    this.#starting += 1;
    try {
      const planned = await plan();
      const environment = await Environment.start(planned, this.#isolation);
      void environment.gone().then(planned.gone);
      if (this.#stopped) environment.kill();
      return { key, environment, expiresAt: planned.expiresAt, idleSince: 0, provisioned: isProvisioned };
    } finally {
      this.#starting -= 1;
    }
  }

  async #giveBack(member: Member, leftMs: number): Promise<void> {
    // It is free once it asks for its next event: what it does after its answer belongs to the invocation.
    const ready = !member.environment.dead && (await member.environment.readiness(leftMs));
    this.#busy.delete(member);
    if (ready && !this.#stopped) this.#put(member);
    else member.environment.kill();
  }

  #put(member: Member): void {
    member.environment.freeze();
    member.idleSince = performance.now();
    const idle = this.#idle.get(member.key);
    if (idle === undefined) this.#idle.set(member.key, [member]);
    else idle.push(member);
  }

  /** Room for one more: the one that was idle longest makes place. */
  #makeRoom(): boolean {
    const members = [...this.#idle.values()].flat();
    if (members.length + this.#busy.size + this.#starting < maxEnvironments) return true;
    const oldest = members.filter((each) => !each.provisioned).sort((a, b) => a.idleSince - b.idleSince)[0];
    if (oldest === undefined) return false;
    this.#end(oldest);
    return true;
  }

  #sweep(): void {
    const since = performance.now() - idleMs;
    for (const member of [...this.#idle.values()].flat()) {
      if (member.environment.dead || (member.idleSince < since && !member.provisioned)) this.#end(member);
    }
  }

  #end(member: Member): void {
    const rest = (this.#idle.get(member.key) ?? []).filter((each) => each !== member);
    if (rest.length === 0) this.#idle.delete(member.key);
    else this.#idle.set(member.key, rest);
    member.environment.kill();
  }

  #watch(): void {
    this.#watcher ??= setInterval(() => {
      if (this.#busy.size === 0) {
        clearInterval(this.#watcher);
        this.#watcher = undefined;
        return;
      }
      const table = processTable();
      for (const { environment } of this.#busy) environment.watch(table);
    }, watchMs).unref();
  }
}
