import { strict as assert } from 'node:assert';
import { after, test } from 'node:test';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { remove, type Spawned, spawnRingwall, temporaryDirectory } from '../../../test/harness/process.ts';

const directory = temporaryDirectory();
after(() => remove(directory));

const rounds = 3;
const writers = 6;

function clientOf(server: Spawned): CloudWatchLogs {
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = server.env;
  const credentials = { accessKeyId, secretAccessKey };
  return new CloudWatchLogs({ endpoint: server.endpoint, region: 'us-east-1', maxAttempts: 1, credentials });
}

test(`${rounds} rounds of kill -9 lose no line that was acknowledged`, { timeout: 60_000 }, async () => {
  const acknowledged = new Set<string>();
  for (let round = 0; round <= rounds; round += 1) {
    const server = await spawnRingwall(directory, '--log-level', 'error');
    const logs = clientOf(server);
    if (round === 0) await logs.createLogGroup({ logGroupName: 'g' });
    const found = new Set<string>();
    let nextToken: string | undefined;
    do {
      const page = await logs.filterLogEvents({ logGroupName: 'g', ...(nextToken === undefined ? {} : { nextToken }) });
      for (const { message = '' } of page.events ?? []) found.add(message);
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    const lost = [...acknowledged].filter((line) => !found.has(line));
    assert.deepEqual(lost, [], `round ${round}`);
    if (round === rounds) {
      assert.ok(found.size > 0);
      await server.stop();
      return;
    }
    let dead = false;
    const work = Array.from({ length: writers }, async (_, writer) => {
      const stream = { logGroupName: 'g', logStreamName: `${round}-${writer}` };
      await logs.createLogStream(stream);
      for (let count = 0; !dead; count += 1) {
        const lines = Array.from({ length: 20 }, (__, line) => `${round} ${writer} ${count} ${line}`);
        try {
          const timestamp = Date.now();
          await logs.putLogEvents({ ...stream, logEvents: lines.map((message) => ({ timestamp, message })) });
          for (const line of lines) acknowledged.add(line);
        } catch {
          return;
        }
      }
    });
    while (acknowledged.size < (round + 1) * 1_000) await new Promise((resolve) => setImmediate(resolve));
    await server.kill();
    dead = true;
    await Promise.all(work);
  }
});
