import { spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { dirname, isAbsolute, relative } from 'node:path';

/** How function processes are kept apart on this machine. `group`: a session of their own, and no more. */
export type Isolation = { readonly kind: 'namespaces'; readonly flags: readonly string[] } | { readonly kind: 'group' };

/** What a function finds where, and what it must not find. Paths of the machine. */
export type Rooms = {
  readonly task: string;
  readonly opt: string;
  readonly runtime: string;
  readonly tmp: string;
  /** Folders that are empty for the function: the server's data, other functions' code. */
  readonly hidden: readonly string[];
};

/** The same rooms as the function sees them. */
export type View = Pick<Rooms, 'task' | 'opt' | 'runtime' | 'tmp'>;

/**
 * Names of processes and mounts of its own. The runtime is the first process of its namespace: when it ends, the kernel ends whatever it
 * started. When the server dies, so does `unshare`, and with it the namespace.
 */
const namespaces = ['--pid', '--fork', '--kill-child=SIGKILL', '--mount', '--mount-proc'];
const dropped = ['--no-new-privs', '--bounding-set=-all', '--inh-caps=-all'];

const script = `set -e
mount -t tmpfs -o mode=0755,size=64k,nosuid,nodev ringwall /mnt
mkdir /mnt/task /mnt/opt /mnt/runtime /mnt/tmp /mnt/program
if [ -n "$5" ]; then mount -o bind,ro,nosuid,nodev "$5" /mnt/program; fi
mount -o bind,ro,nosuid,nodev "$1" /mnt/task
mount -o bind,ro,nosuid,nodev "$2" /opt
mount -o bind,ro,nosuid,nodev "$3" /mnt/runtime
mount -o bind,nosuid,nodev "$4" /mnt/tmp
shift 5
while [ "$1" != -- ]; do
  mount -t tmpfs -o mode=0,size=4k,ro ringwall "$1"
  shift
done
shift
mount -o bind,nosuid,nodev /mnt/tmp /tmp
mount -o remount,bind,ro / || :
cd /mnt/task
unset OLDPWD
exec setpriv ${dropped.join(' ')} -- "$@"`;

/** Finds out what this machine allows: the kernel, a container's rules and installed programs decide. */
export async function probeIsolation(): Promise<Isolation> {
  if (process.platform !== 'linux') return { kind: 'group' };
  const asOthers = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  const flags = [...asOthers, ...namespaces];
  const trial = 'mount -t tmpfs ringwall /mnt && [ -d /opt ] && exec setpriv --no-new-privs --bounding-set=-all true';
  const works = await ends('setpriv', ['--pdeathsig', 'SIGKILL', 'unshare', ...flags, '/bin/sh', '-c', trial]);
  return works ? { kind: 'namespaces', flags } : { kind: 'group' };
}

export function viewOf(isolation: Isolation, rooms: Rooms): View {
  if (isolation.kind === 'group') return rooms;
  return { task: '/mnt/task', opt: '/opt', runtime: '/mnt/runtime', tmp: '/tmp' };
}

/** The command that runs `command` isolated. */
export function isolated(isolation: Isolation, rooms: Rooms, command: readonly string[]): readonly string[] {
  if (isolation.kind === 'group') return command;
  const { task, opt, runtime, tmp, hidden } = rooms;
  const { prefix, path } = seenProgram(command[0] ?? '');
  const run = [path, ...command.slice(1)];
  const shell = ['/bin/sh', '-c', script, 'sh', task, opt, runtime, tmp, prefix, ...hidden, '--', ...run];
  return ['setpriv', '--pdeathsig', 'SIGKILL', 'unshare', ...isolation.flags, ...shell];
}

/** Folders in whose place a function sees its own. */
const covered = ['/tmp', '/opt'];

/**
 * Where a function finds the program that runs it. One that is installed below a covered folder (`/opt/node/bin/node`) is shown elsewhere,
 * with what lies around it.
 */
function seenProgram(program: string): { readonly prefix: string; readonly path: string } {
  if (!isAbsolute(program)) return { prefix: '', path: program };
  const real = realpathSync(program);
  const root = covered.find((folder) => real.startsWith(`${folder}/`));
  if (root === undefined) return { prefix: '', path: program };
  const around = dirname(dirname(real));
  const prefix = around === root || around === '/' ? dirname(real) : around;
  return { prefix, path: `/mnt/program/${relative(prefix, real)}` };
}

function ends(program: string, args: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: 'ignore', env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } });
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });
}
