import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { placesOf } from '#identity/iam/cases-runner.ts';
import {
  accessDeniedMessage,
  changeText,
  decide,
  explain,
  explanationText,
  smallestChange,
} from '#identity/iam/engine/engine.ts';
import { caseReader, type PolicyCase } from '#identity/iam/engine/policy-case.ts';

type Options = {
  readonly principal?: string;
  readonly action?: string;
  readonly resource: string;
  readonly resourceAccount?: string;
  readonly context: readonly string[];
  readonly identity: readonly string[];
  readonly resourcePolicy?: string;
  readonly boundary?: readonly string[];
  readonly session?: string;
  readonly endpoint?: readonly string[];
  readonly scp: readonly string[];
  readonly rcp: readonly string[];
  readonly json?: boolean;
};

/** `ringwall policy decide`: one decision, with its explanation. */
export function decideCommand(): Command {
  return new Command('decide')
    .description('decide one request, from flags or from one case on standard input (when no --action is given)')
    .option('--principal <arn>', 'principal ARN, account id or service host name; none is an anonymous caller')
    .option('--action <action>', 'for example s3:GetObject')
    .option('--resource <arn>', 'resource ARN', '*')
    .option('--resource-account <id>', "account that owns the resource (default: the principal's)")
    .option('--context <key=value...>', 'context keys; a repeated key has several values', [])
    .option('--identity <file...>', 'identity policies', [])
    .option('--resource-policy <file>', 'resource-based policy, key policy or trust policy')
    .option('--boundary <file...>', 'permissions boundary')
    .option('--session <file>', 'session policy')
    .option('--endpoint <file...>', 'VPC endpoint policies')
    .option('--scp <level=file...>', 'service control policies by level, from the root to the account', [])
    .option('--rcp <level=file...>', 'resource control policies by level, from the root to the account', [])
    .option('--json', 'output for programs')
    .action((options: Options) => {
      const reading = readInput(options);
      if (!reading.ok) {
        process.stderr.write(`${reading.message}\n`);
        process.exitCode = 2;
        return;
      }
      process.stdout.write(options.json ? jsonOf(reading.case) : textOf(reading.case));
    });
}

function readInput(options: Options): ReturnType<ReturnType<typeof caseReader>> {
  try {
    return caseReader()(options.action === undefined ? caseOnInput() : JSON.stringify(caseFrom(options)));
  } catch (error) {
    return { ok: false, message: (error as Error).message };
  }
}

function caseOnInput(): string {
  const text = readFileSync(0, 'utf8');
  if (text.trim() === '') throw new Error('nothing to decide: give --action, or one case as JSON on standard input');
  return text;
}

/** A host name has a dot: one word alone is a mistake, which would pass for a service that nobody allows anything. */
const principalForm = /^(arn:.+:.+|\d{12}|[a-z0-9-]+(\.[a-z0-9-]+)+)$/;

/** The flags as a case, so that both ways in are one. */
function caseFrom(options: Options): object {
  const { principal = null, action, resource, resourceAccount = null } = options;
  if (principal !== null && !principalForm.test(principal))
    throw new Error(`--principal \`${principal}\` is neither an ARN, nor an account id, nor a service's host name`);
  return {
    id: 'decide',
    request: { principal, action, resource, resourceAccount, context: contextFrom(options.context) },
    identityPolicies: options.identity.map(policyFile),
    resourcePolicy: options.resourcePolicy === undefined ? null : policyFile(options.resourcePolicy),
    permissionBoundaries: options.boundary?.map(policyFile) ?? null,
    sessionPolicy: options.session === undefined ? null : policyFile(options.session),
    endpointPolicies: options.endpoint?.map(policyFile) ?? null,
    scps: levelsFrom(options.scp),
    rcps: levelsFrom(options.rcp),
  };
}

function policyFile(file: string): object {
  return { name: file, policy: readFileSync(file, 'utf8') };
}

function contextFrom(entries: readonly string[]): Record<string, readonly string[]> {
  const context: Record<string, readonly string[]> = {};
  for (const entry of entries) {
    const [key, value] = cut(entry);
    context[key] = [...(context[key] ?? []), value];
  }
  return context;
}

function levelsFrom(entries: readonly string[]): readonly object[] {
  const levels = new Map<string, object[]>();
  for (const entry of entries) {
    const [target, file] = cut(entry);
    levels.set(target, [...(levels.get(target) ?? []), policyFile(file)]);
  }
  return [...levels].map(([target, policies]) => ({ target, policies }));
}

function cut(entry: string): readonly [string, string] {
  const at = entry.indexOf('=');
  if (at < 1) throw new Error(`\`${entry}\` is no key=value`);
  return [entry.slice(0, at), entry.slice(at + 1)];
}

function jsonOf({ request, policies }: PolicyCase): string {
  const decision = decide(request, policies);
  const { decision: verdict, layer, reason, missing, trace } = decision;
  const denied = verdict !== 'Allowed';
  return `${JSON.stringify({
    decision: verdict,
    layer,
    reason,
    statements: placesOf(decision),
    missing,
    trace,
    ...(denied && {
      message: accessDeniedMessage(request, decision, request.principal ?? 'anonymous'),
      change: smallestChange(request, policies) ?? null,
    }),
  })}\n`;
}

function textOf({ request, policies }: PolicyCase): string {
  const decision = decide(request, policies);
  const lines = [explanationText(explain(request, policies, decision))];
  if (decision.decision !== 'Allowed') {
    const changes = smallestChange(request, policies);
    lines.push('to allow it:', ...(changes?.map((change) => `  ${changeText(change)}`) ?? ['  no small change does']));
  }
  return `${lines.join('\n')}\n`;
}
