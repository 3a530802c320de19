import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { CommandFailure, exitCodes } from './failure.ts';
import { configOf } from './start.ts';

export function register(program: Command): void {
  program
    .command('restore')
    .description('make a data directory from a backup; refuses one that is not empty')
    .argument('<FILE>', 'backup')
    .requiredOption('--data <DIR>', 'new data directory')
    .option(
      '--root-key <FILE>',
      'root key file of the installation that was backed up; else put it there before the start',
    )
    .option('--profile <FILE>', 'profile.json of that installation, so that `ringwall env` works here')
    .action(async (file: string, flags: Record<string, unknown>) => {
      const { data, rootKey } = configOf(flags);
      const { restore, RestoreError } = await import('#store/sqlite/backup.ts');
      const { KeyFileError } = await import('#store/seal/kinds/key-file.ts');
      const { WrongRootKeyError } = await import('#store/seal/root-key.ts');
      if (!existsSync(file)) throw new CommandFailure(exitCodes.wrongCall, `\`${file}\` does not exist`);
      try {
        await restore({ file, directory: data, ...(rootKey === undefined ? {} : { rootKeyFile: rootKey }) });
      } catch (error) {
        const refused =
          error instanceof RestoreError || error instanceof KeyFileError || error instanceof WrongRootKeyError;
        if (refused) throw new CommandFailure(exitCodes.refused, error.message);
        throw error;
      }
      const { copyProfile } = await import('./profile.ts');
      if (typeof flags['profile'] === 'string') copyProfile(flags['profile'], data);
      const missing = existsSync(join(data, 'root.key')) ? '' : `; put its root.key there (0600) before you start it`;
      process.stdout.write(`restored ${file} to ${data}${missing}\n`);
    });
}
