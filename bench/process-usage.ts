import { readFileSync } from 'node:fs';

/** Clock ticks of /proc: USER_HZ, 100 a second on every Linux that Node runs on. */
const ticksPerSecond = 100;

/**
 * CPU time a process has used, user and system, all its threads, also those that ended. Resolution 10 ms.
 *
 * @returns seconds
 */
export function cpuSeconds(pid: number): number {
  return cpuSecondsIn(readFileSync(`/proc/${pid}/stat`, 'latin1'));
}

/** From the text of `/proc/PID/stat` (proc_pid_stat(5)): fields 14 and 15, counted behind the name, which may hold anything. */
export function cpuSecondsIn(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Resident memory of a process in MiB. */
export function residentMiB(pid: number): number {
  return residentMiBIn(readFileSync(`/proc/${pid}/status`, 'latin1'));
}

/** From the text of `/proc/PID/status`, whose kB are 1,024 bytes. */
export function residentMiBIn(status: string): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
}
