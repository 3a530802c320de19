import type { Command } from 'commander';
import { decideCommand } from './policy/decide.ts';
import { testCommand } from './policy/run-cases.ts';

/**
 * `ringwall policy test FILE.jsonl` and `ringwall policy decide`: the policy engine without a server.
 *
 * Exit codes: 0 fine, 1 a case failed, 2 the call or a file was wrong.
 */
export function register(program: Command): void {
  const policy = program.command('policy').description('test policies and explain decisions');
  for (const command of [testCommand(), decideCommand()]) policy.addCommand(command.copyInheritedSettings(policy));
}
