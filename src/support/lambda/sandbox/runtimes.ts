import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** A program that runs functions, and what it is called with. */
export type Interpreter = { readonly command: readonly string[]; readonly version: string };

const run = promisify(execFile);
const found = new Map<string, Promise<Interpreter | undefined>>();
const searched = '/usr/local/bin:/usr/bin:/bin';

/**
 * What runs functions of a runtime here. Every `nodejs*` runs on the server's own Node; `python3.N` on that Python where it is installed, else
 * on `python3`.
 *
 * @returns undefined where this machine has none, and for `provided*`, whose functions bring their own
 */
export function interpreterOf(runtime: string): Promise<Interpreter | undefined> {
  const known = found.get(runtime);
  if (known !== undefined) return known;
  const finding = find(runtime);
  found.set(runtime, finding);
  return finding;
}

async function find(runtime: string): Promise<Interpreter | undefined> {
  if (runtime.startsWith('nodejs')) return { command: [process.execPath], version: process.version.slice(1) };
  if (!runtime.startsWith('python3')) return undefined;
  return (await python(runtime)) ?? (await python('python3'));
}

/** The interpreter itself: what is on the path may be a slow wrapper. */
async function python(name: string): Promise<Interpreter | undefined> {
  const script = 'import sys; print(sys.executable); print("%d.%d.%d" % sys.version_info[:3])';
  try {
    const env = { PATH: process.env.PATH ?? searched, HOME: process.env.HOME ?? '/' };
    const { stdout } = await run(name, ['-c', script], { env, timeout: 10_000 });
    const [path = '', version = ''] = stdout.trim().split('\n');
    return path === '' ? undefined : { command: [path], version };
  } catch {
    return undefined;
  }
}
