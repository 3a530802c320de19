/** Names of signals as AWS tells them. */
const signals: Readonly<Record<string, string>> = {
  SIGABRT: 'aborted',
  SIGBUS: 'bus error',
  SIGFPE: 'floating point exception',
  SIGHUP: 'hangup',
  SIGILL: 'illegal instruction',
  SIGINT: 'interrupt',
  SIGKILL: 'killed',
  SIGPIPE: 'broken pipe',
  SIGQUIT: 'quit',
  SIGSEGV: 'segmentation fault',
  SIGTERM: 'terminated',
  SIGTRAP: 'trace/breakpoint trap',
};

/**
 * How a runtime ended, in AWS's words (recordings, "test_lambda_handler_exit", "test_lambda_runtime_wrapper_not_found").
 *
 * @example exitText(1, null) // 'Runtime exited with error: exit status 1'
 */
export function exitText(code: number | null, signal: string | null): string {
  if (signal !== null) return `Runtime exited with error: signal: ${signals[signal] ?? signal.slice(3).toLowerCase()}`;
  if (code === 0 || code === null) return 'Runtime exited without providing a reason';
  return `Runtime exited with error: exit status ${code}`;
}
