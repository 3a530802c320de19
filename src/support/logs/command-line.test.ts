import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { remove, type Spawned, spawnRingwall, temporaryDirectory } from '../../../test/harness/process.ts';

const installed = spawnSync('aws', ['--version']).status === 0;
const skip = installed ? false : 'the AWS CLI is not installed';

let server: Spawned;
const directory = temporaryDirectory();
before(async () => {
  if (installed) server = await spawnRingwall(directory, '--log-level', 'error');
});
after(async () => {
  if (installed) await server.stop();
  remove(directory);
});

function aws(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('aws', ['logs', ...args], { env: server.env, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return stdout;
}

test('the stock CLI makes, puts, gets and filters', { skip }, () => {
  aws('create-log-group', '--log-group-name', '/app/web', '--tags', 'team=blue');
  aws('create-log-stream', '--log-group-name', '/app/web', '--log-stream-name', 'one');
  const put = (message: string) => {
    const events = JSON.stringify([{ timestamp: Date.now(), message }]);
    aws('put-log-events', '--log-group-name', '/app/web', '--log-stream-name', 'one', '--log-events', events);
  };
  put('{"level":"error","ms":12}');
  const filtered = aws(
    'filter-log-events',
    '--log-group-name',
    '/app/web',
    '--filter-pattern',
    '{ $.ms > 10 }',
    '--query',
    'events[].message',
  );
  assert.deepEqual(JSON.parse(filtered), ['{"level":"error","ms":12}']);
  const got = aws(
    'get-log-events',
    '--log-group-name',
    '/app/web',
    '--log-stream-name',
    'one',
    '--query',
    'events[].message',
  );
  assert.deepEqual(JSON.parse(got), ['{"level":"error","ms":12}']);
  assert.match(aws('describe-log-streams', '--log-group-name', '/app/web'), /lastEventTimestamp/);
});
