import type { Command } from 'commander';
import { getInternal } from './client.ts';
import { clientProfile } from './profile.ts';
import { configOf } from './start.ts';

type Explained = {
  readonly calls: readonly {
    readonly event: Readonly<Record<string, unknown>>;
    readonly decisions: readonly { readonly text: string }[];
  }[];
};

export function register(program: Command): void {
  program
    .command('explain')
    .description(
      'the full decision of a recorded call: every policy considered, the statement that decided, what was missing',
    )
    .argument('<REQUEST-ID>', 'request id, as clients show it')
    .option('--data <DIR>', 'data directory')
    .option('--json', 'as JSON')
    .action(async (id: string, flags: Record<string, unknown>) => {
      const profile = clientProfile(configOf(flags).data);
      const explained = (await getInternal(profile, `/_ringwall/explain/${encodeURIComponent(id)}`)) as Explained;
      process.stdout.write(flags['json'] === true ? `${JSON.stringify(explained)}\n` : textOf(explained));
    });
}

function textOf({ calls }: Explained): string {
  const parts = calls.map(({ event, decisions }) => {
    const who = event['userIdentity'] as Record<string, unknown>;
    const outcome = event['errorCode'] === undefined ? 'succeeded' : `failed: ${String(event['errorCode'])}`;
    const head = `${String(event['eventSource'])} ${String(event['eventName'])} by ${callerOf(who)} at ${String(event['eventTime'])} ${outcome}`;
    const body = decisions.length === 0 ? ['  no permission was asked for'] : decisions.map(({ text }) => text);
    return [head, ...body].join('\n');
  });
  return `${parts.join('\n\n')}\n`;
}

function callerOf(identity: Record<string, unknown>): string {
  const { arn, invokedBy, userName, identityProvider, principalId, accountId } = identity;
  if (identityProvider !== undefined) return `${String(userName)} of ${String(identityProvider)}`;
  if (accountId === 'anonymous') return 'an anonymous caller';
  return String(arn ?? invokedBy ?? `${String(principalId)} of account ${String(accountId)}`);
}
