import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/**
 * Processes as Linux shows them. Elsewhere there is no `/proc`, and every answer is empty: callers tell what that means for them.
 */

/** Which process started which, at one moment. */
export type ProcessTable = ReadonlyMap<number, readonly number[]>;

export function processTable(): ProcessTable {
  const children = new Map<number, number[]>();
  for (const name of list('/proc')) {
    const pid = Number(name);
    const parent = Number.isInteger(pid) ? parentOf(pid) : undefined;
    if (parent === undefined) continue;
    const known = children.get(parent);
    if (known === undefined) children.set(parent, [pid]);
    else known.push(pid);
  }
  return children;
}

/** A process and everything it started, however far. */
export function treeOf(root: number, children: ProcessTable): readonly number[] {
  const tree = [root];
  for (let i = 0; i < tree.length; i += 1) tree.push(...(children.get(tree[i] ?? 0) ?? []));
  return tree;
}

function parentOf(pid: number): number | undefined {
  const stat = read(`/proc/${pid}/stat`);
  // The name in parentheses may hold anything.
  const rest = stat?.slice(stat.lastIndexOf(')') + 2);
  return rest === undefined ? undefined : Number(rest.split(' ', 2)[1]);
}

/** Memory that belongs to the process alone, in bytes: what it wrote, not the files it maps. */
export function memoryOf(pid: number): number {
  const status = read(`/proc/${pid}/status`);
  if (status === undefined) return 0;
  const kb = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0);
  return (kb('RssAnon') + kb('RssShmem')) * 1024;
}

/**
 * The process among `candidates` that holds the other end of a connection over loopback.
 *
 * @param theirs port of the other end
 * @param ours port of this end
 */
export function ownerOf(theirs: number, ours: number, candidates: readonly number[]): number | undefined {
  const inode = inodeOf(theirs, ours);
  if (inode === undefined) return undefined;
  const link = `socket:[${inode}]`;
  return candidates.find((pid) => list(`/proc/${pid}/fd`).some((fd) => linkAt(`/proc/${pid}/fd/${fd}`) === link));
}

/** `/proc/net/tcp`: `sl local_address rem_address st queues timer retransmits uid timeout inode`, addresses in hexadecimal. */
function inodeOf(local: number, remote: number): string | undefined {
  const hex = (port: number) => `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  for (const line of (read('/proc/self/net/tcp') ?? '').split('\n')) {
    const fields = line.trim().split(/\s+/);
    if (fields[1]?.endsWith(hex(local)) && fields[2]?.endsWith(hex(remote))) return fields[9];
  }
  return undefined;
}

function list(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function linkAt(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
