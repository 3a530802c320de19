import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';

/** The house rules about who may know whom, read from the imports. */

type Import = { readonly from: string; readonly to: string; readonly typeOnly: boolean };

const files = globSync('src/**/*.ts').filter((file) => !file.endsWith('.test.ts'));
const imports: readonly Import[] = files.flatMap(importsOf);

function importsOf(file: string): readonly Import[] {
  const text = readFileSync(file, 'utf8');
  const found = text.matchAll(
    /^(?:import|export)\s+(type\s)?[^;'"]*?from\s+'([^']+)'|^import\s+'([^']+)'|\bimport\('([^']+)'\)/gm,
  );
  return [...found].map(([, type, from, bare, dynamic]) => {
    const target = from ?? bare ?? dynamic ?? '';
    const to = target.startsWith('#')
      ? `src/${target.slice(1)}`
      : target.startsWith('.')
        ? normalize(join(dirname(file), target))
        : target;
    return { from: file, to, typeOnly: type !== undefined };
  });
}

function assertNone(broken: readonly Import[], rule: string): void {
  assert.deepEqual(
    broken.map(({ from, to }) => `${from} imports ${to}`),
    [],
    rule,
  );
}

const engineOf = (file: string) => /^src\/.*\/engine\//.test(file);
const families = ['identity', 'data', 'network', 'workload', 'governance', 'support'];

/** `src/data/kms` for a file of a service; undefined elsewhere. */
function serviceOf(file: string): string | undefined {
  const [src, family, service, below] = file.split('/');
  return src === 'src' && families.includes(family ?? '') && below !== undefined ? `${family}/${service}` : undefined;
}

test('engines import engines, pure libraries and types only', () => {
  const pure = ['re2js'];
  assertNone(
    imports.filter(
      ({ from, to, typeOnly }) =>
        engineOf(from) && !engineOf(to) && !pure.includes(to) && !typeOnly && to !== 'src/wire/service-error.ts',
    ),
    'an engine takes what it needs as data',
  );
});

test('engines use neither clock nor randomness', () => {
  for (const file of files.filter(engineOf)) {
    assert.doesNotMatch(readFileSync(file, 'utf8'), /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bprocess\./, file);
  }
});

test('the wire knows no service and no runtime', () => {
  assertNone(
    imports.filter(
      ({ from, to }) => from.startsWith('src/wire/') && to.startsWith('src/') && !to.startsWith('src/wire/'),
    ),
    'wire/ stands alone',
  );
});

test('the store knows nothing above it', () => {
  assertNone(
    imports.filter(
      ({ from, to }) => from.startsWith('src/store/') && to.startsWith('src/') && !to.startsWith('src/store/'),
    ),
    'store/ stands alone',
  );
});

test('the runtime knows no service', () => {
  assertNone(
    imports.filter(({ from, to }) => from.startsWith('src/runtime/') && serviceOf(to) !== undefined),
    'services are given to the runtime',
  );
});

/** What a service shows to others: the policy engine and principals in stored policies to all; within identity, the directory of users and roles, and SAML. */
const shown = (from: string, to: string) =>
  /^src\/identity\/iam\/(engine\/|pinned-principals\.ts)/.test(to) ||
  (from.startsWith('src/identity/') && /^src\/identity\/(iam\/directory\.ts|saml\/)/.test(to));

test('services do not import each other, but for what one shows', () => {
  assertNone(
    imports.filter(({ from, to }) => {
      const [mine, theirs] = [serviceOf(from), serviceOf(to)];
      return mine !== undefined && theirs !== undefined && mine !== theirs && !shown(from, to);
    }),
    'one service calls another through ctx.call',
  );
});

test('nothing imports the command line', () => {
  assertNone(
    imports.filter(
      ({ from, to }) => to.startsWith('src/cli/') && !from.startsWith('src/cli/') && from !== 'src/main.ts',
    ),
    'cli/ is the top',
  );
});

test('no room is larger than 400 lines', () => {
  const large = files.filter(
    (file) => !file.includes('.generated.') && readFileSync(file, 'utf8').split('\n').length > 401,
  );
  assert.deepEqual(large, []);
});

test('no name says nothing', () => {
  const vague = files.filter((file) => /(^|\/)(utils?|helpers?|common|misc|shared|lib|managers?)(\/|\.ts$)/.test(file));
  assert.deepEqual(vague, []);
});
