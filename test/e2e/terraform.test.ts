import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { cleanEnvironment, remove, spawnRingwall, temporaryDirectory } from '../harness/process.ts';

/**
 * Terraform with the stock AWS provider: what it makes it finds unchanged, what it changes changes, and it leaves nothing. It needs
 * `terraform`, and a directory that mirrors the provider.
 */

const mirror = process.env['RINGWALL_TEST_TERRAFORM_MIRROR'];
const installed = spawnSync('terraform', ['version'], { encoding: 'utf8' }).status === 0;
const directory = temporaryDirectory();
after(() => remove(directory));

test('apply, plan without a difference, change, destroy', {
  skip: installed && mirror !== undefined ? false : 'needs terraform and RINGWALL_TEST_TERRAFORM_MIRROR',
}, async () => {
  const server = await spawnRingwall(join(directory, 'data'), '--log-level', 'silent');
  const folder = join(directory, 'stack');
  mkdirSync(folder);
  cpSync(join(import.meta.dirname, 'terraform', 'main.tf'), join(folder, 'main.tf'));
  const settings = join(directory, 'terraform.rc');
  writeFileSync(settings, `provider_installation {\n  filesystem_mirror {\n    path = "${mirror}"\n  }\n}\n`);
  const env = {
    ...cleanEnvironment(),
    ...server.env,
    TF_CLI_CONFIG_FILE: settings,
    TF_IN_AUTOMATION: '1',
    CHECKPOINT_DISABLE: '1',
  };
  const terraform = (...args: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync('terraform', args, { cwd: folder, env, encoding: 'utf8' });
    return { status, said: `${stdout}${stderr}` };
  };
  const secret = (value: string) => ['-no-color', '-input=false', `-var=secret=${value}`];
  /** Exit code 0: no differences, 2: differences. */
  const plan = (value: string) => terraform('plan', '-detailed-exitcode', ...secret(value));

  const init = terraform('init', '-no-color', '-input=false');
  assert.equal(init.status, 0, init.said);
  const applied = terraform('apply', '-auto-approve', ...secret('one'));
  assert.equal(applied.status, 0, applied.said);
  const same = plan('one');
  assert.equal(same.status, 0, same.said);
  const changed = terraform('apply', '-auto-approve', ...secret('two'));
  assert.match(changed.said, /0 added, 1 changed, 0 destroyed/);
  const settled = plan('two');
  assert.equal(settled.status, 0, settled.said);
  const destroyed = terraform('destroy', '-auto-approve', ...secret('two'));
  assert.equal(destroyed.status, 0, destroyed.said);
  await server.stop();
});
