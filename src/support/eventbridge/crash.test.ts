import { strict as assert } from 'node:assert';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { EventBridge } from '@aws-sdk/client-eventbridge';
import { IAM } from '@aws-sdk/client-iam';
import { Scheduler } from '@aws-sdk/client-scheduler';
import { remove, spawnRingwall, temporaryDirectory } from '../../../test/harness/process.ts';

const account = '111122223333';
const Sources = ['clock', 'shop'];

test('what was on its way when the process was killed arrives after its restart', { timeout: 60_000 }, async () => {
  const data = temporaryDirectory();
  const bodies: string[] = [];
  let hang = true;
  let heard = () => {};
  const site = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      bodies.push(body);
      // The process dies while it waits for this answer.
      if (!hang) response.end();
      heard();
    });
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  const address = site.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const arrived = (count: number) =>
    new Promise<void>((resolve) => {
      heard = () => {
        if (bodies.length >= count) resolve();
      };
      heard();
    });
  const start = () => spawnRingwall(data, '--auth', 'open', '--reset-route', '--log-level', 'error');
  const advance = (endpoint: string) =>
    fetch(`${endpoint}/_ringwall/clock`, { method: 'POST', body: JSON.stringify({ advance: 'PT5M' }) });

  let server: Awaited<ReturnType<typeof start>> | undefined;
  try {
    server = await start();
    const settings = {
      endpoint: server.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: account, secretAccessKey: 'any' },
    };
    const [events, iam, scheduler] = [new EventBridge(settings), new IAM(settings), new Scheduler(settings)];
    const documentOf = (Statement: object) => JSON.stringify({ Version: '2012-10-17', Statement });
    const Principal = { Service: ['events.amazonaws.com', 'scheduler.amazonaws.com'] };
    const AssumeRolePolicyDocument = documentOf({ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' });
    const { Role } = await iam.createRole({ RoleName: 'caller', AssumeRolePolicyDocument });
    const RoleArn = Role?.Arn ?? '';
    const PolicyDocument = documentOf({ Effect: 'Allow', Action: 'events:*', Resource: '*' });
    await iam.putRolePolicy({ RoleName: 'caller', PolicyName: 'may', PolicyDocument });
    const { ConnectionArn } = await events.createConnection({
      Name: 'link',
      AuthorizationType: 'API_KEY',
      AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: 'key', ApiKeyValue: 'secret' } },
    });
    const { ApiDestinationArn: Arn } = await events.createApiDestination({
      Name: 'site',
      ConnectionArn,
      HttpMethod: 'POST',
      InvocationEndpoint: `http://127.0.0.1:${port}/`,
    });
    await events.putRule({ Name: 'all', EventPattern: JSON.stringify({ source: Sources }) });
    const input = { InputPath: '$.source' };
    await events.putTargets({ Rule: 'all', Targets: [{ Id: 'site', Arn, RoleArn, ...input }] });
    await scheduler.createSchedule({
      Name: 'tick',
      ScheduleExpression: 'rate(1 hour)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: `arn:aws:events:us-east-1:${account}:event-bus/default`,
        RoleArn,
        EventBridgeParameters: { Source: 'clock', DetailType: 'tick' },
        Input: '{}',
      },
    });
    await events.putEvents({ Entries: [{ Source: 'shop', DetailType: 't', Detail: '{}' }] });
    await arrived(2);
    await server.kill();
    assert.deepEqual(
      [...new Set(bodies)].sort(),
      Sources.map((source) => `"${source}"`),
    );

    hang = false;
    bodies.length = 0;
    server = await start();
    // The jobs are due again when the lease of the process that died has ended.
    await advance(server.endpoint);
    await arrived(2);
    assert.deepEqual(
      [...new Set(bodies)].sort(),
      Sources.map((source) => `"${source}"`),
    );
  } finally {
    await server?.kill();
    site.closeAllConnections();
    site.close();
    remove(data);
  }
});
