import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { downloadInternal } from './client.ts';
import { CommandFailure, exitCodes } from './failure.ts';
import { clientProfile } from './profile.ts';
import { configOf } from './start.ts';

export function register(program: Command): void {
  program
    .command('backup')
    .description('consistent copy of the running installation; without the root key, which is kept elsewhere')
    .argument('<FILE>', 'new file')
    .option('--data <DIR>', 'data directory')
    .option('--json', 'as JSON')
    .action(async (file: string, flags: Record<string, unknown>) => {
      const config = configOf(flags);
      const target = resolve(file);
      if (existsSync(target))
        throw new CommandFailure(exitCodes.refused, `\`${file}\` exists: a backup overwrites nothing`);
      const bytes = await downloadInternal(clientProfile(config.data), '/_ringwall/backup', target);
      const said =
        flags['json'] === true ? JSON.stringify({ file: target, bytes }) : `backed up ${bytes} bytes to ${target}`;
      process.stdout.write(`${said}\n`);
    });
}
