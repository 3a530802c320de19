import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { callRows } from './call-rows.ts';
import { type CpuProfile, type FunctionTime, functionTimes, wholeProfile } from './cpu-profile.ts';
import { type Fixture, fill } from './fixture.ts';
import { largeRows, randomCalls } from './large-rows.ts';
import { Load } from './load.ts';
import { seed } from './seed.ts';
import { type ServerProcess, startServer } from './server-process.ts';

/**
 * Where the server's CPU time goes under one row's load: `node -C source bench/profile.ts get-parameter [--seconds 5] [--top 25] [--root]`.
 *
 * The server starts twice: the profiled one finds everything there, so that filling does not show. `--root` signs as the root user:
 * without policies. The row `start` loads nothing: what it takes to be ready.
 */
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '5' },
    top: { type: 'string', default: '25' },
    root: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
  },
});
const id = positionals[0] ?? 'get-parameter';
const row = callRows.find((each) => each.id === id);
const largeRow = largeRows.find((each) => each.id === id);
if (row === undefined && largeRow === undefined && id !== 'start') {
  console.error(`no row \`${id}\`; rows: start, ${[...callRows, ...largeRows].map((each) => each.id).join(', ')}`);
  process.exit(2);
}

/** Between samples, µs: about as long as a call. */
const intervalUs = 200;

/** Seconds under load before the profile counts. */
const warmUp = 3;

const monotonicUs = () => Number(process.hrtime.bigint() / 1000n);

let window = wholeProfile;
const folder = mkdtempSync(join(tmpdir(), 'ringwall-profile-'));
const profiles = join(folder, 'profiles');
try {
  await run();
  report();
} finally {
  if (values.keep) console.error(`kept in ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
}

async function run(): Promise<void> {
  const data = join(folder, 'data');
  const first = await startServer(data, 'clone');
  const fixture = id === 'start' ? undefined : await fill(first);
  await first.stop();
  if (largeRow !== undefined) await seed(data, first);
  const server = await startServer(data, 'clone', [
    '--cpu-prof',
    `--cpu-prof-dir=${profiles}`,
    `--cpu-prof-interval=${intervalUs}`,
  ]);
  try {
    if (fixture !== undefined) await load(server, fixture);
  } finally {
    await server.stop();
  }
}

async function load({ root }: ServerProcess, fixture: Fixture): Promise<void> {
  const calls = largeRow === undefined ? row?.calls(fixture) : randomCalls(largeRow, largeRow.count);
  const { credentials } = values.root ? root : fixture.user;
  const load = await Load.open({ ...root, credentials }, calls ?? []);
  try {
    await load.run(warmUp);
    const from = monotonicUs();
    const { requests, seconds } = await load.run(Number(values.seconds));
    window = { from, to: monotonicUs() };
    console.log(`${id}: ${requests} calls in ${seconds.toFixed(1)} s, profiled`);
  } finally {
    load.close();
  }
}

/** One table for each thread of the server. */
function report(): void {
  for (const file of readdirSync(profiles).sort()) {
    const profile = JSON.parse(readFileSync(join(profiles, file), 'utf8')) as CpuProfile;
    const times = functionTimes(profile, join(import.meta.dirname, '..'), window);
    const sum = times.reduce((all, { self }) => all + self, 0);
    console.log(`\n${file}: ${(sum / 1000).toFixed(2)} s busy`);
    print('by self time', 'self', times, sum);
    print(
      'our functions with what they call of the runtime',
      'charged',
      times.filter(({ where }) => where.includes(' src/')),
      sum,
    );
  }
}

function print(title: string, by: 'self' | 'charged', times: readonly FunctionTime[], sum: number): void {
  console.log(`  ${title}`);
  const top = [...times].sort((a, b) => b[by] - a[by]).slice(0, Number(values.top));
  for (const time of top) {
    const share = ((100 * time[by]) / sum).toFixed(1).padStart(5);
    const [own, total] = [time[by], time.total].map((ms) => `${ms.toFixed(0).padStart(6)} ms`);
    console.log(`  ${share} %  ${by} ${own}  total ${total}  ${time.where}`);
  }
}
