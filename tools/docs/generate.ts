import { readFileSync, writeFileSync } from 'node:fs';
import { coverageTable } from './coverage.ts';
import { flagTable } from './flags.ts';
import { limitTable } from './limits.ts';
import { metricTable } from './metrics.ts';

/**
 * Writes the documents that list things, from the registries they list. With `--check` it only compares, and fails when one is old.
 *
 * @example node -C source tools/docs/generate.ts --check
 */
const documents: Readonly<Record<string, () => Promise<string>>> = {
  'docs/coverage.md': coverageTable,
  'docs/flags.md': flagTable,
  'docs/limits.md': limitTable,
  'docs/metrics.md': metricTable,
};

const check = process.argv.includes('--check');
let old = 0;
for (const [file, generate] of Object.entries(documents)) {
  const text = await generate();
  if (!check) {
    writeFileSync(file, text);
  } else if (readOr(file) !== text) {
    console.error(`${file} is old: run \`npm run docs\``);
    old += 1;
  }
}
process.exitCode = old > 0 ? 1 : 0;

function readOr(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
