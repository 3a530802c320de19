import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const folder = mkdtempSync(join(tmpdir(), 'policy-'));
after(() => rmSync(folder, { recursive: true }));

/** Runs the command as the program does, in a process of its own: exit codes are part of the contract. */
function ringwall(args: readonly string[], input = '') {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['-C', 'source', fileURLToPath(new URL('../main.ts', import.meta.url)), 'policy', ...args],
    { input, encoding: 'utf8' },
  );
  return { status, stdout, stderr };
}

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const admin = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } };
const request = {
  principal: 'arn:aws:iam::111122223333:user/ann',
  action: 's3:GetObject',
  resource: 'arn:aws:s3:::b/k',
  context: {},
};
const good = JSON.stringify({ id: 'good', request, identityPolicies: [admin], expect: { decision: 'Allowed' } });
const bad = JSON.stringify({ id: 'bad', request, expect: { decision: 'Allowed' } });

test('test --json: a line per case and a summary; 0 when all pass', () => {
  const { status, stdout } = ringwall(['test', file('good.jsonl', `${good}\n`), '--json']);
  assert.equal(status, 0);
  const [result, summary] = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(Object.keys(result), ['id', 'ok', 'expected', 'decision', 'layer', 'statements', 'missing']);
  assert.deepEqual(Object.keys(summary), ['passed', 'failed', 'seconds', 'decisionsPerCpuSecond']);
  assert.equal(summary.passed, 1);
});

test('test: 1 when one fails, and says which', () => {
  const { status, stdout } = ringwall(['test', file('bad.jsonl', `${good}\n${bad}\n`)]);
  assert.equal(status, 1);
  assert.match(stdout, /FAILED bad: expected Allowed, got ImplicitlyDenied \(identity\)/);
});

test('test: 2 for a malformed line, a missing file and a wrong call', () => {
  const malformed = ringwall(['test', file('malformed.jsonl', `${good}\n{\n`)]);
  assert.equal(malformed.status, 2);
  assert.match(malformed.stderr, /malformed\.jsonl: line 2: /);
  assert.equal(ringwall(['test', join(folder, 'none.jsonl')]).status, 2);
  assert.equal(ringwall(['test']).status, 2);
  assert.equal(ringwall(['test', 'x', '--unknown']).status, 2);
  assert.equal(ringwall(['test', '--help']).status, 0);
});

test('decide: from flags', () => {
  const flags = [
    'decide',
    '--principal',
    request.principal,
    '--action',
    request.action,
    '--resource',
    request.resource,
  ];
  const policy = file('admin.json', JSON.stringify(admin));
  const allowed = ringwall([
    ...flags,
    '--identity',
    policy,
    '--context',
    'aws:username=ann',
    'aws:SourceIp=192.0.2.1',
    '--json',
  ]);
  assert.equal(allowed.status, 0, allowed.stderr);
  assert.equal(JSON.parse(allowed.stdout).decision, 'Allowed');
  const denied = ringwall([
    ...flags,
    '--identity',
    policy,
    '--scp',
    `r-root=${policy}`,
    '--boundary',
    file('none.json', JSON.stringify({ ...admin, Statement: { ...admin.Statement, Action: 'ec2:*' } })),
  ]);
  assert.equal(denied.status, 0, denied.stderr);
  assert.match(denied.stdout, /^ImplicitlyDenied \(boundary\)/);
  assert.match(denied.stdout, /to allow it:\n {2}add to the boundary policies: /);
});

test('decide: one case on standard input; its expectation is not needed', () => {
  const { status, stdout } = ringwall(['decide', '--json'], JSON.stringify({ id: 'x', request }));
  assert.equal(status, 0);
  const { decision, message, change } = JSON.parse(stdout);
  assert.equal(decision, 'ImplicitlyDenied');
  assert.match(message, /because no identity-based policy allows the s3:GetObject action$/);
  assert.equal(change.length, 1);
});

test('decide: 2 for nonsense', () => {
  assert.equal(ringwall(['decide'], '{').status, 2);
  assert.equal(ringwall(['decide', '--action', 'a:b', '--identity', join(folder, 'none')]).status, 2);
  assert.equal(ringwall(['decide', '--action', 'a:b', '--context', 'novalue']).status, 2);
  const empty = ringwall(['decide'], ' \n');
  assert.equal(empty.status, 2);
  assert.match(empty.stderr, /^nothing to decide: give --action, or one case as JSON on standard input\n$/);
  for (const principal of ['foo', 'user/ann', 'arn:']) {
    const wrong = ringwall(['decide', '--action', 'a:b', '--principal', principal]);
    assert.deepEqual([wrong.status, wrong.stderr.includes(`\`${principal}\` is neither`)], [2, true]);
  }
  for (const principal of ['ec2.amazonaws.com', '111122223333', request.principal])
    assert.equal(ringwall(['decide', '--action', 'a:b', '--principal', principal]).status, 0, principal);
});
