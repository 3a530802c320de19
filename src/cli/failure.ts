export const exitCodes = { fine: 0, workFailed: 1, wrongCall: 2, refused: 3 } as const;

/** Ends a command with a message on standard error and an exit code. */
export class CommandFailure extends Error {
  readonly exitCode: number;
  constructor(exitCode: number, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}
