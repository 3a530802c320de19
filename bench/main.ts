import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { callRows, measureCallRows } from './call-rows.ts';
import { fill } from './fixture.ts';
import { type Row, verdictOf } from './row.ts';
import { type ServerProcess, startServer } from './server-process.ts';
import { table } from './table.ts';

/**
 * The benchmark: `npm run bench [-- PART…] [--json]`. Parts: `calls`, a row of the calls (`get-parameter`), `policy`, `start`, `large`;
 * all when none is named. Exit code 1 when a row failed or is below its floor.
 *
 * Calls are counted per CPU-second of the server process with all its threads: requests are signed and sent by another process over 16
 * connections, each waiting for its answer. Large installations are compared with small ones in turns, both running. Signatures are verified, an IAM user's five policies are evaluated, every call is audited,
 * the store is SQLite on disk.
 */
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false } },
});
const callIds = callRows.map(({ id }) => id);
const parts = ['calls', 'policy', 'start', 'large', ...callIds];
const unknown = positionals.find((part) => !parts.includes(part));
if (unknown !== undefined) {
  console.error(`no part \`${unknown}\`; parts: ${parts.join(', ')}`);
  process.exit(2);
}
if (process.platform !== 'linux') {
  console.error('the benchmark reads CPU time from /proc: it needs Linux');
  process.exit(2);
}

const wants = (part: string) => positionals.length === 0 || positionals.includes(part);
const rows: Row[] = [];
const started = performance.now();
const loadBefore = loadavg();

if (wants('policy')) {
  const { policyRows } = await import('./policy.ts');
  for (const row of await policyRows()) said(row);
}
if (wants('start')) {
  const { measureStartRows } = await import('./start-rows.ts');
  await measureStartRows(said);
}
const calls = callRows.filter(({ id }) => wants('calls') || wants(id));
if (calls.length > 0 || wants('large')) await onFilledServer();
report();

async function onFilledServer(): Promise<void> {
  const data = mkdtempSync(join(tmpdir(), 'ringwall-bench-'));
  let server: ServerProcess | undefined;
  try {
    server = await startServer(data, 'clone');
    const fixture = await fill(server);
    await measureCallRows(server, fixture, calls, said);
    if (!wants('large')) return;
    const { measureLargeRows } = await import('./large-rows.ts');
    const filled = server;
    server = undefined;
    await measureLargeRows(filled, data, `${data}-large`, fixture, said);
  } catch (error) {
    said({
      name: 'a filled server',
      value: undefined,
      unit: '',
      failure: error instanceof Error ? error.message : String(error),
    });
  } finally {
    await server?.stop();
    for (const each of [data, `${data}-large`]) rmSync(each, { recursive: true, force: true });
  }
}

function said(row: Row): void {
  rows.push(row);
  if (process.stderr.isTTY) console.error(`${row.name}: ${row.failure ?? row.value}`);
}

function report(): void {
  const verdicts = rows.map(verdictOf);
  const machine = { cpu: cpus()[0]?.model.trim() ?? 'unknown', cores: cpus().length, node: process.version };
  const load = { before: loadBefore, after: loadavg() };
  const seconds = (performance.now() - started) / 1000;
  if (values.json) {
    console.log(
      JSON.stringify({
        machine,
        load,
        seconds,
        rows: rows.map((row, index) => ({ ...row, verdict: verdicts[index] })),
      }),
    );
  } else {
    const [before, after] = [load.before, load.after].map((averages) =>
      averages.map((each) => each.toFixed(2)).join(' '),
    );
    console.log(
      `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, load average ${before} before, ${after} after\n`,
    );
    console.log(table(rows));
    console.log(`\n${seconds.toFixed(0)} s`);
  }
  process.exitCode = verdicts.some((verdict) => verdict === 'failed' || verdict === 'below') ? 1 : 0;
}
