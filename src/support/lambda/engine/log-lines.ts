/** Lines that Lambda writes into a function's log ("Log structure", recordings). */

export function startLine(requestId: string, version: string): string {
  return `START RequestId: ${requestId} Version: ${version}`;
}

export function endLine(requestId: string): string {
  return `END RequestId: ${requestId}`;
}

export type Report = {
  readonly requestId: string;
  readonly durationMs: number;
  readonly memoryMb: number;
  readonly usedMb: number;
  /** Of the first invocation alone; not a number for the others. */
  readonly initMs: number | undefined;
  /** `timeout`, or `error` with its type. */
  readonly status: string | undefined;
};

/** @example 'REPORT RequestId: 1\tDuration: 2.90 ms\tBilled Duration: 3 ms\tMemory Size: 128 MB\tMax Memory Used: 36 MB\t' */
export function reportLine({ requestId, durationMs, memoryMb, usedMb, initMs, status }: Report): string {
  const parts = [
    `REPORT RequestId: ${requestId}`,
    `Duration: ${durationMs.toFixed(2)} ms`,
    `Billed Duration: ${Math.ceil(durationMs)} ms`,
    `Memory Size: ${memoryMb} MB`,
    `Max Memory Used: ${Math.min(usedMb, memoryMb)} MB`,
  ];
  if (initMs !== undefined && !Number.isNaN(initMs)) parts.push(`Init Duration: ${initMs.toFixed(2)} ms`);
  if (status !== undefined) parts.push(`Status: ${status}`);
  return `${parts.join('\t')}\t`;
}

/** @example timeoutText(3000) // 'Task timed out after 3.00 seconds' */
export function timeoutText(timeoutMs: number): string {
  return `Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`;
}
