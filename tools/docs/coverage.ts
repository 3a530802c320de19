import { globSync, readFileSync } from 'node:fs';
import { isUnsupported } from '#runtime/operation.ts';
import { loadModel } from '#wire/model/load.ts';
import { services } from '../../src/services.ts';

/** Operation × implemented / tested with a real client / authorisation mapped. */
export async function coverageTable(): Promise<string> {
  const tests = globSync(['src/**/*.test.ts', 'test/**/*.ts'])
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
  const sections: string[] = [];
  const totals: string[] = ['| service | implemented | tested with a real client | of the API |', '|---|---|---|---|'];
  for (const service of [...services].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const model = loadModel(service.name);
    const rows: string[] = [];
    let implemented = 0;
    let tested = 0;
    for (const name of Object.keys(service.operations).sort()) {
      const operation = service.operations[name];
      if (operation === undefined) continue;
      if (isUnsupported(operation)) {
        rows.push(`| ${name} | no: ${operation.unsupported} | | |`);
        continue;
      }
      const client = isTested(tests, service.name, name);
      implemented += 1;
      tested += client ? 1 : 0;
      rows.push(
        `| ${name} | yes | ${client ? 'yes' : 'no'} | ${operation.resource === 'none' ? 'in the operation, or none needed' : 'yes'} |`,
      );
    }
    totals.push(`| ${service.name} | ${implemented} | ${tested} | ${model.operations.size} |`);
    sections.push(
      `## ${service.name}\n\n| operation | implemented | tested with a real client | authorisation mapped |\n|---|---|---|---|\n${rows.join('\n')}\n`,
    );
  }
  return `# Coverage\n\nGenerated from the registries by \`npm run docs\`. Operations that stand in no table answer UnsupportedOperation.\n\n${totals.join('\n')}\n\n${sections.join('\n')}`;
}

/** A test names the SDK's command or method, the CLI's words for it, or gives it an input in the walk over all operations. */
function isTested(tests: string, service: string, name: string): boolean {
  const words = name.replace(/([a-z0-9])([A-Z])|([A-Z]+)([A-Z][a-z])/g, '$1$3-$2$4').toLowerCase();
  const method = name.charAt(0).toLowerCase() + name.slice(1);
  const uses = [
    new RegExp(`\\bnew (?:\\w+\\.)?${name}Command\\(`),
    new RegExp(`\\b${service}[ '",]+${words}\\b`),
    new RegExp(`\\b(?:iam|kms|ssm|sts|client|root)\\.${method}\\(`),
    new RegExp(`^\\s+${name}(?:: |\\()`, 'm'),
  ];
  return uses.some((use) => use.test(tests));
}
