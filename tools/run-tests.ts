import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';

/**
 * Runs the tests: all, or those whose path contains one of the arguments. Tests that need what this machine lacks
 * (the `aws` CLI, PostgreSQL) say in one line that they skip.
 */
const wanted = process.argv.slice(2);
const files = globSync(['src/**/*.test.ts', 'test/**/*.test.ts'])
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .sort();
if (files.length === 0) {
  console.error(`no test matches ${wanted.join(' ')}`);
  process.exit(2);
}
const { status } = spawnSync(
  process.execPath,
  ['-C', 'source', '--test', '--test-concurrency=2', '--test-reporter', process.env['CI'] ? 'tap' : 'dot', ...files],
  { stdio: 'inherit' },
);
process.exit(status ?? 1);
