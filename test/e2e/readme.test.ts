import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { awsCli, remove, spawnRingwall, temporaryDirectory } from '../harness/process.ts';

/** The README's story, run as it is written: only the places where things lie are this test's own. */

const directory = temporaryDirectory();
after(() => remove(directory));

test('every command of the README’s story works', {
  skip: awsCli() === undefined ? 'the aws CLI is not installed' : false,
}, async () => {
  const readme = readFileSync('README.md', 'utf8');
  const [story = ''] = readme.split('\n## ');
  assert.ok(story.split('\n').length < 60, 'the story takes less than 60 lines');
  const data = join(directory, 'data');
  const copy = join(directory, 'copy');
  const server = await spawnRingwall(data, '--log-level', 'error');
  const script = [...story.matchAll(/```sh\n([^`]*)```/g)]
    .map(([, block = '']) => block)
    .join('')
    .split('\n')
    .filter((line) => !/^npm (ci|start)/.test(line))
    .join('\n')
    .replaceAll('npx ringwall', 'ringwall')
    .replaceAll('~/.ringwall', data)
    .replaceAll('/tmp/ringwall.backup', join(directory, 'ringwall.backup'))
    .replaceAll('/tmp/copy', copy);
  const prelude = `set -eo pipefail\nringwall() { RINGWALL_DATA=$DATA "$NODE" -C source src/main.ts "$@"; }\n`;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', prelude + script], {
    encoding: 'utf8',
    env: {
      ...process.env,
      NODE: process.execPath,
      DATA: data,
      AWS_PAGER: '',
      AWS_CONFIG_FILE: join(directory, 'none'),
    },
  });
  assert.equal(status, 0, stderr);
  assert.match(stdout, /"Value": "one\.internal"/);
  assert.match(stdout, /"\/prod\/db\/password",\s+"correct-horse"/);
  assert.match(stdout, /denied, in the words of AWS/);
  assert.match(stderr, /because no identity-based policy allows the ssm:GetParameter action/);
  assert.match(stdout, /Layers considered:/);
  assert.match(stdout, /What would have allowed it:/);
  for (const denied of [/no session policy allows it/, /the boundary does not allow it/, /the key policy says so/]) {
    assert.match(stdout, denied);
  }
  assert.match(stderr, /because no permissions boundary allows/);
  assert.match(stderr, /kms:Decrypt .* with an explicit deny in a resource-based policy/);
  assert.match(stdout, /^URL=two\.internal$/m);
  await server.stop();
  const again = await spawnRingwall(copy, '--log-level', 'error');
  const read = spawnSync(
    'aws',
    [
      'ssm',
      'get-parameter',
      '--name',
      '/prod/db/password',
      '--with-decryption',
      '--query',
      'Parameter.Value',
      '--output',
      'text',
    ],
    { encoding: 'utf8', env: again.env },
  );
  assert.equal(read.stdout, 'correct-horse\n', read.stderr);
  await again.stop();
});
