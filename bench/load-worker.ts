import { signedRequest } from './api-call.ts';
import { Connection } from './connection.ts';
import type { LoadOrder, LoadReport, LoadResult } from './load-message.ts';
import { percentile } from './row.ts';

/** The load generator, a process of its own: a closed loop over requests that were signed before the clock ran. */

let requests: readonly Buffer[] = [];
let connections: readonly Connection[] = [];
/** Goes on through the requests from run to run: none comes twice before all came once. */
let cursor = 0;

async function prepare(order: Extract<LoadOrder, { kind: 'prepare' }>): Promise<void> {
  const { target, calls } = order;
  requests = calls.map((call) => signedRequest(call, target, Date.now()));
  connections = await Promise.all(
    Array.from({ length: order.connections }, () => Connection.open(target.host, target.port)),
  );
}

async function run(seconds: number): Promise<LoadResult> {
  const latencies: number[] = [];
  const started = performance.now();
  const end = started + seconds * 1000;
  const lane = async (connection: Connection) => {
    for (let sent = performance.now(); sent < end; ) {
      const { status, body } = await connection.send(requests[cursor++ % requests.length] as Buffer);
      if (status !== 200) throw new Error(`a call answered ${status}: ${body.toString().slice(0, 500)}`);
      const answered = performance.now();
      latencies.push(answered - sent);
      sent = answered;
    }
  };
  await Promise.all(connections.map(lane));
  const took = (performance.now() - started) / 1000;
  const ascending = Float64Array.from(latencies).sort();
  return {
    requests: latencies.length,
    seconds: took,
    p50: percentile(ascending, 0.5),
    p99: percentile(ascending, 0.99),
  };
}

function report(message: LoadReport): void {
  process.send?.(message);
}

process.on('message', async (order: LoadOrder) => {
  try {
    if (order.kind === 'run') return report({ kind: 'done', result: await run(order.seconds) });
    await prepare(order);
    report({ kind: 'ready' });
  } catch (error) {
    report({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) });
  }
});
process.on('disconnect', () => process.exit());
