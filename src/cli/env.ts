import { type Command, Option } from 'commander';
import { readProfile } from './profile.ts';
import { configOf } from './start.ts';

export function register(program: Command): void {
  program
    .command('env')
    .description('print export lines: endpoint, region and credentials of the local profile')
    .option('--data <DIR>', 'data directory')
    .addOption(new Option('--json', 'as JSON'))
    .action((flags: Record<string, unknown>) => {
      const { endpoint, region, account, accessKeyId, secretAccessKey } = readProfile(configOf(flags).data);
      const variables = {
        AWS_ENDPOINT_URL: endpoint,
        AWS_REGION: region,
        AWS_DEFAULT_REGION: region,
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        AWS_ACCOUNT_ID: account,
      };
      if (flags['json'] === true) {
        process.stdout.write(`${JSON.stringify(variables)}\n`);
        return;
      }
      const lines = Object.entries(variables).map(([name, value]) => `export ${name}='${value}'`);
      process.stdout.write(`${lines.join('\n')}\nunset AWS_SESSION_TOKEN AWS_PROFILE\n`);
    });
}
