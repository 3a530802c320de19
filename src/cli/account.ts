import type { Command } from 'commander';
import { postInternal } from './client.ts';
import { clientProfile } from './profile.ts';
import { configOf } from './start.ts';

export function register(program: Command): void {
  program
    .command('account')
    .description('accounts of the installation')
    .command('create')
    .description('make a further account; prints its root credentials, once, as export lines')
    .argument('<ID>', '12 digits')
    .option('--data <DIR>', 'data directory')
    .option('--json', 'as JSON')
    .action(async (id: string, flags: Record<string, unknown>) => {
      const profile = clientProfile(configOf(flags).data);
      const { accessKeyId, secretAccessKey } = await postInternal(profile, `/_ringwall/accounts/${id}`);
      const variables = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_ACCOUNT_ID: id };
      const lines = Object.entries(variables).map(([name, value]) => `export ${name}='${String(value)}'`);
      process.stdout.write(flags['json'] === true ? `${JSON.stringify(variables)}\n` : `${lines.join('\n')}\n`);
    });
}
