import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeBootstrap } from '../bootstraps/node.ts';
import { pythonBootstrap } from '../bootstraps/python.ts';
import { unpack } from '../zip/unpack.ts';

const prefix = 'lambda-';

/** Where code lies unpacked while this process runs, and where environments have their temporary files. */
export class CodeCache {
  readonly root: string;
  readonly #maxBytes: number;
  readonly #folders = new Map<string, Promise<string>>();
  #made = 0;

  /** @param scratch the installation's folder; undefined: the machine's temporary one */
  constructor(scratch: string | undefined, maxBytes: number) {
    const parent = scratch ?? tmpdir();
    if (scratch !== undefined) removeLeftOver(parent);
    this.root = mkdtempSync(join(parent, `${prefix}${process.pid}-`));
    this.#maxBytes = maxBytes;
  }

  /** The folder with the bootstraps. */
  runtime(): Promise<string> {
    return this.#once('runtime', async (path) => {
      await mkdir(path);
      await writeFile(join(path, 'node.cjs'), nodeBootstrap);
      await writeFile(join(path, 'python.py'), pythonBootstrap);
    });
  }

  /**
   * A folder with the archives unpacked one over the other: a function's code, or its layers.
   *
   * @param names what the archives are known by: their content never changes
   * @throws ZipError
   */
  unpacked(names: readonly string[], read: (name: string) => Promise<Buffer>): Promise<string> {
    const name = createHash('sha256').update(names.join('\n')).digest('hex').slice(0, 32);
    return this.#once(name, async (path) => {
      const half = `${path}.half`;
      await mkdir(half);
      for (const each of names) await unpack(await read(each), half, this.#maxBytes);
      await rename(half, path);
    });
  }

  /** A new folder for temporary files. */
  async temporary(): Promise<string> {
    this.#made += 1;
    const path = join(this.root, `tmp-${this.#made}`);
    await mkdir(path, { mode: 0o700 });
    return path;
  }

  async remove(path: string): Promise<void> {
    await rm(path, { recursive: true, force: true });
  }

  close(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  #once(name: string, make: (path: string) => Promise<void>): Promise<string> {
    const known = this.#folders.get(name);
    if (known !== undefined) return known;
    const path = join(this.root, name);
    const making = make(path).then(() => path);
    this.#folders.set(name, making);
    making.catch(() => {
      this.#folders.delete(name);
      rmSync(`${path}.half`, { recursive: true, force: true });
    });
    return making;
  }
}

/** Folders of processes that did not end as they should. */
function removeLeftOver(parent: string): void {
  for (const name of readdirSync(parent)) {
    const pid = new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1];
    if (pid !== undefined && !runs(Number(pid))) rmSync(join(parent, name), { recursive: true, force: true });
  }
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
