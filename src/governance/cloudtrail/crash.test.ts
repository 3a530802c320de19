import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { CloudTrail } from '@aws-sdk/client-cloudtrail';
import { S3 } from '@aws-sdk/client-s3';
import { SSM } from '@aws-sdk/client-ssm';
import { remove, type Spawned, spawnRingwall, temporaryDirectory } from '../../../test/harness/process.ts';
import { deliveredEvents, makeBucket } from './trail-for-tests.ts';

/** kill -9 while a trail delivers: what was acknowledged is delivered afterwards, each event once. */

const rounds = 6;
const calls = 25;
const minutes = 60_000;
const directory = temporaryDirectory();
after(() => remove(directory));

function clientsOf({ endpoint }: Spawned) {
  const credentials = { accessKeyId: '123456789012', secretAccessKey: 'any' };
  const settings = { endpoint, region: 'us-east-1', maxAttempts: 1, credentials };
  const west = new SSM({ ...settings, region: 'us-west-2' });
  return {
    trail: new CloudTrail(settings),
    s3: new S3({ ...settings, forcePathStyle: true }),
    ssm: new SSM(settings),
    west,
  };
}

test(`${rounds} rounds of kill -9 lose no event and deliver none twice`, { timeout: 120_000 }, async () => {
  const start = () => spawnRingwall(directory, '--auth', 'open', '--reset-route', '--log-level', 'error');
  const move = (server: Spawned, ms: number) =>
    fetch(`${server.endpoint}/_ringwall/clock`, {
      method: 'POST',
      body: JSON.stringify({ advance: `PT${ms / 1000}S` }),
    });
  const acknowledged: string[] = [];
  let moved = 0;
  for (let round = 0; round < rounds; round += 1) {
    const server = await start();
    const { trail, s3, ssm, west } = clientsOf(server);
    if (round === 0) {
      await makeBucket(s3, 'logs');
      await trail.createTrail({
        Name: 'all',
        S3BucketName: 'logs',
        IsMultiRegionTrail: true,
        EnableLogFileValidation: true,
      });
      await trail.startLogging({ Name: 'all' });
    }
    // The moved clock starts anew with each process.
    assert.equal((await move(server, moved)).status, 200);
    await Promise.all(
      Array.from({ length: calls }, async (_, n) => {
        const name = `r${round}-${n}`;
        await (n % 2 === 0 ? ssm : west).putParameter({ Name: name, Value: 'v', Type: 'String' });
        acknowledged.push(name);
      }),
    );
    moved += 6 * minutes;
    const moving = move(server, 6 * minutes).catch(() => undefined);
    const until = performance.now() + round * 9;
    while (performance.now() < until) await new Promise(setImmediate);
    await server.kill();
    await moving;
  }
  const server = await start();
  const { s3, trail } = clientsOf(server);
  await move(server, moved);
  let names: readonly string[] = [];
  for (let tries = 0; tries < 20 && names.length < acknowledged.length; tries += 1) {
    await move(server, 6 * minutes);
    await trail.getTrailStatus({ Name: 'all' });
    const events = await deliveredEvents(s3, 'logs');
    names = events
      .filter(({ eventName }) => eventName === 'PutParameter')
      .map(({ requestParameters }) => requestParameters.name);
  }
  await server.kill();
  assert.deepEqual([...names].sort(), [...acknowledged].sort());
});
