import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { exitText } from '../engine/exit-text.ts';
import { endLine, reportLine, startLine, timeoutText } from '../engine/log-lines.ts';
import { type Isolation, isolated, type Rooms, type View, viewOf } from './isolation.ts';
import { Output } from './output.ts';
import { memoryOf, ownerOf, type ProcessTable, processTable, treeOf } from './process-tree.ts';
import { type RuntimeAnswer, RuntimeApi, type RuntimeEvent, tooLargeText } from './runtime-api.ts';

/** What an environment is made of. */
export type EnvironmentPlan = {
  readonly rooms: Rooms;
  /** The runtime's command, with paths as the function sees them. */
  readonly command: (view: View) => readonly string[];
  /** All of its environment: nothing of the server's own comes with it. */
  readonly variables: (view: View, runtimeApi: string) => Readonly<Record<string, string>>;
  readonly memoryMb: number;
  /** Version of the function, for its log. */
  readonly version: string;
  /** Hears of each log record, with the wall clock's time. */
  readonly log: (time: number, text: string) => void;
  /** Something that no function should do. */
  readonly fault: (what: string) => void;
};

/** How an invocation ended. `failed` carries the error as the client gets it. */
export type Ended = {
  readonly failed: boolean;
  readonly payload: Buffer;
  /** The last of the log, at most 4 KB. */
  readonly tail: Buffer;
};

/** Longest start ("Lambda execution environment lifecycle", Init phase). */
const longestInitMs = 10_000;
/** Processes of one function, threads not counted (Lambda quotas: 1,024 processes and threads). */
const maxProcesses = 1_024;
/** Exit, answer, time: whatever comes first. */
type Turn = RuntimeAnswer | { readonly kind: 'exit'; readonly text: string } | { readonly kind: 'timeout' };

/** One process tree that runs one function, one event at a time. */
export class Environment {
  readonly #plan: EnvironmentPlan;
  readonly #output: Output;
  readonly #begun = performance.now();
  #api: RuntimeApi | undefined;
  #child: ChildProcess | undefined;
  #dead = false;
  #memory = 0;
  /** How long it took until it asked for its first event, ms; reported once. */
  #initMs: number | undefined;
  #ready = Promise.withResolvers<Turn | 'ready'>();
  #turn = Promise.withResolvers<Turn>();
  #initError: RuntimeAnswer | undefined;
  /** The process that connected to the Runtime API first. */
  #speaker: number | undefined;
  #idle = false;
  readonly #exited = Promise.withResolvers<void>();

  private constructor(plan: EnvironmentPlan) {
    this.#plan = plan;
    this.#output = new Output((text) => plan.log(Date.now(), text));
  }

  /** Begins the process; whether it works, its first invocation tells. */
  static async start(plan: EnvironmentPlan, isolation: Isolation): Promise<Environment> {
    const environment = new Environment(plan);
    await environment.#start(isolation);
    return environment;
  }

  get dead(): boolean {
    return this.#dead;
  }

  /** Resolves when it waits for its next event: true, or false when it never will. */
  async readiness(withinMs: number): Promise<boolean> {
    const first = await within(this.#ready.promise, withinMs);
    if (first !== 'ready') this.kill();
    return first === 'ready';
  }

  /** Hands over one event and waits for what becomes of it. Dead afterwards when that went wrong. */
  async invoke(event: Omit<RuntimeEvent, 'deadline'>, timeoutMs: number): Promise<Ended> {
    this.#output.begin();
    const first = await within(this.#ready.promise, longestInitMs + timeoutMs);
    this.#output.platform(startLine(event.requestId, this.#plan.version));
    this.#idle = false;
    const started = performance.now();
    let turn: Turn = { kind: 'timeout' };
    if (first === 'ready') {
      this.#turn = Promise.withResolvers();
      this.#ready = Promise.withResolvers();
      if (this.#dead) this.#turn.resolve({ kind: 'exit', text: 'Runtime exited without providing a reason' });
      this.#signal('SIGCONT');
      this.#api?.deliver({ ...event, deadline: Date.now() + timeoutMs });
      turn = (await within(this.#turn.promise, timeoutMs)) ?? turn;
    } else if (first !== undefined) {
      turn = first;
    }
    if (turn.kind === 'timeout' || turn.kind === 'exit') this.kill();
    await drained();
    const durationMs = performance.now() - started;
    return this.#ended(event.requestId, turn, durationMs, timeoutMs);
  }

  /** Between events nothing of a function runs. */
  freeze(): void {
    if (this.#idle) this.#signal('SIGSTOP');
  }

  /** Ends the process and all it started, at once. */
  kill(): void {
    if (this.#dead && this.#child === undefined) return;
    const pid = this.#child?.pid;
    if (pid !== undefined) {
      for (const each of treeOf(pid, processTable()).slice(1)) signal(each, 'SIGKILL');
      this.#signal('SIGKILL');
    }
    this.#dead = true;
    this.#api?.close();
  }

  /** Resolves when the process is gone. */
  gone(): Promise<void> {
    return this.#exited.promise;
  }

  /** Measures its memory, and ends it when that is more than the function has. */
  watch(table: ProcessTable): void {
    const pid = this.#child?.pid;
    if (pid === undefined || this.#dead) return;
    const tree = treeOf(pid, table);
    const bytes = tree.reduce((sum, each) => sum + memoryOf(each), 0);
    this.#memory = Math.max(this.#memory, bytes);
    if (bytes <= this.#plan.memoryMb * 1024 * 1024 && tree.length <= maxProcesses) return;
    this.#plan.fault(bytes > this.#plan.memoryMb * 1024 * 1024 ? 'more memory than it has' : 'too many processes');
    this.kill();
  }

  async #start(isolation: Isolation): Promise<void> {
    const { rooms, command, variables, fault } = this.#plan;
    const api = await RuntimeApi.open(
      {
        ready: () => this.#becomeReady(),
        answered: (answer) => this.#turn.resolve(answer),
        initFailed: (answer) => {
          this.#initError = answer;
        },
        fault,
      },
      (theirs, ours) => this.#mayConnect(theirs, ours),
    );
    this.#api = api;
    const view = viewOf(isolation, rooms);
    const [program = '', ...args] = isolated(isolation, rooms, command(view));
    const child = spawn(program, args, {
      cwd: rooms.task,
      env: { ...variables(view, api.address) },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) this.#output.read(stream as Readable);
    child.once('error', (error) => this.#exit(exitText(127, null), error.message));
    child.once('exit', (code, by) => this.#exit(exitText(code, by)));
  }

  #becomeReady(): void {
    this.#initMs ??= performance.now() - this.#begun;
    this.#idle = true;
    this.#ready.resolve('ready');
  }

  #exit(text: string, detail?: string): void {
    if (detail !== undefined) this.#plan.log(Date.now(), detail);
    this.#dead = true;
    this.#child = undefined;
    this.#api?.close();
    const turn: Turn = this.#initError ?? { kind: 'exit', text };
    this.#ready.resolve(turn);
    this.#turn.resolve({ kind: 'exit', text });
    this.#exited.resolve();
  }

  /** Linux tells whose a connection is; elsewhere any process of loopback may connect. */
  #mayConnect(theirs: number, ours: number): boolean {
    const pid = this.#child?.pid;
    if (pid === undefined) return false;
    if (process.platform !== 'linux') return true;
    const owner = ownerOf(theirs, ours, treeOf(pid, processTable()));
    this.#speaker ??= owner;
    return owner !== undefined;
  }

  #ended(requestId: string, turn: Turn, durationMs: number, timeoutMs: number): Ended {
    const { memoryMb } = this.#plan;
    const output = this.#output;
    output.flush();
    const { failed, payload, status } = outcomeOf(turn, requestId, timeoutMs);
    if (turn.kind === 'timeout')
      output.platform(`${new Date().toISOString()} ${requestId} ${timeoutText(timeoutMs)}\n`);
    if (turn.kind === 'exit') output.platform(`RequestId: ${requestId} Error: ${turn.text}`);
    if (output.dropped > 0) {
      this.#plan.fault('more output than is kept');
      output.platform(`${output.dropped} bytes of output were not kept`);
    }
    this.#sample();
    output.platform(endLine(requestId));
    const usedMb = Math.ceil(this.#memory / 1024 / 1024);
    output.platform(reportLine({ requestId, durationMs, memoryMb, usedMb, initMs: this.#initMs, status }));
    // The first invocation alone reports it.
    this.#initMs = Number.NaN;
    return { failed, payload, tail: output.tail };
  }

  /** Its memory now: of the process that speaks, which is quick to ask. */
  #sample(): void {
    if (this.#speaker !== undefined && !this.#dead) this.#memory = Math.max(this.#memory, memoryOf(this.#speaker));
  }

  #signal(name: NodeJS.Signals): void {
    const pid = this.#child?.pid;
    if (pid !== undefined) signal(-pid, name);
  }
}

function outcomeOf(
  turn: Turn,
  requestId: string,
  timeoutMs: number,
): { readonly failed: boolean; readonly payload: Buffer; readonly status: string | undefined } {
  const failure = (errorType: string, errorMessage: string, status: string) => ({
    failed: true,
    payload: Buffer.from(JSON.stringify({ errorType, errorMessage })),
    status,
  });
  switch (turn.kind) {
    case 'response':
      return { failed: false, payload: turn.body, status: undefined };
    case 'error':
      return { failed: true, payload: turn.body, status: undefined };
    case 'too-large':
      return failure('Function.ResponseSizeTooLarge', tooLargeText, 'error\tError Type: Function.ResponseSizeTooLarge');
    case 'timeout':
      return failure('Sandbox.Timedout', `RequestId: ${requestId} Error: ${timeoutText(timeoutMs)}`, 'timeout');
    case 'exit':
      return failure(
        'Runtime.ExitError',
        `RequestId: ${requestId} Error: ${turn.text}`,
        'error\tError Type: Runtime.ExitError',
      );
  }
}

/** Undefined when it takes longer. */
async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What a function wrote before it answered is in its pipes by now: one turn of the event loop reads them. */
async function drained(): Promise<void> {
  for (let i = 0; i < 2; i += 1) await new Promise((resolve) => setImmediate(resolve));
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended meanwhile.
  }
}
