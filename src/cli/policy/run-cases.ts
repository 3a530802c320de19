import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { type CaseResult, type CasesRun, runPolicyCases } from '#identity/iam/cases-runner.ts';

/** `ringwall policy test FILE.jsonl`: policy unit tests. */
export function testCommand(): Command {
  return new Command('test')
    .description('run policy cases, one JSON object per line; exit code 1 when one fails')
    .argument('<file>', 'cases (`-` reads standard input)')
    .option('--json', 'one line of JSON per case and a summary line')
    .action((file: string, options: { json?: boolean }) => {
      let text: string;
      try {
        text = readFileSync(file === '-' ? 0 : file, 'utf8');
      } catch (error) {
        process.stderr.write(`cannot read \`${file}\`: ${(error as Error).message}\n`);
        process.exitCode = 2;
        return;
      }
      const run = runPolicyCases(text.split('\n'));
      process.stdout.write(options.json ? jsonOf(run) : textOf(run));
      for (const { line, message } of run.malformed) process.stderr.write(`${file}: line ${line}: ${message}\n`);
      if (run.malformed.length > 0) process.exitCode = 2;
      else if (run.summary.failed > 0) process.exitCode = 1;
    });
}

function jsonOf({ results, summary }: CasesRun): string {
  return `${[...results, summary].map((line) => JSON.stringify(line)).join('\n')}\n`;
}

/** For people: what failed, and the count. */
function textOf({ results, summary }: CasesRun): string {
  const { passed, failed, seconds, decisionsPerCpuSecond } = summary;
  const failures = results.filter(({ ok }) => !ok).map(failureText);
  const count = `${passed} passed, ${failed} failed in ${seconds} s (${decisionsPerCpuSecond} decisions per CPU-second)`;
  return `${[...failures, count].join('\n')}\n`;
}

function failureText({ id, expected, decision, layer, statements, missing }: CaseResult): string {
  const lines = [`FAILED ${id}: expected ${expected}, got ${decision} (${layer})`];
  for (const { layer: place, target, policy, index, sid, effect } of statements) {
    const where = target === undefined ? place : `${place} at ${target}`;
    lines.push(`  ${effect}: ${where}, ${policy}, statement ${index}${sid === undefined ? '' : ` \`${sid}\``}`);
  }
  if (missing.length > 0) lines.push(`  absent context keys: ${missing.join(', ')}`);
  return lines.join('\n');
}
