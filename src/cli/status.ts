import type { Command } from 'commander';
import { getInternal } from './client.ts';
import { clientProfile } from './profile.ts';
import { configOf } from './start.ts';

export function register(program: Command): void {
  program
    .command('status')
    .description('health, version, store, seal and counts of the running server')
    .option('--data <DIR>', 'data directory')
    .option('--json', 'as JSON')
    .action(async (flags: Record<string, unknown>) => {
      const profile = clientProfile(configOf(flags).data);
      const status = await getInternal(profile, '/_ringwall/status');
      if (flags['json'] === true) {
        process.stdout.write(`${JSON.stringify({ endpoint: profile.endpoint, ...status })}\n`);
        return;
      }
      const { records = {}, ...facts } = status as { records?: Record<string, number> } & Record<string, unknown>;
      const lines = Object.entries({ endpoint: profile.endpoint, ...facts }).map(
        ([name, value]) => `${name.padEnd(10)}${String(value)}`,
      );
      const counts = Object.entries(records).map(([name, count]) => `  ${name.padEnd(28)}${count}`);
      process.stdout.write(`${[...lines, 'records', ...counts].join('\n')}\n`);
    });
}
