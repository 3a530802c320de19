export const exitCodes = { fine: 0, workFailed: 1, wrongCall: 2, refused: 3 } as const;

/** Errors whose sentence says enough; by name, so that a command loads none of what it does not use. */
const exitCodeByName: Readonly<Record<string, number>> = {
  DatabaseInUseError: exitCodes.refused,
  KeyFileError: exitCodes.refused,
  KeyringError: exitCodes.refused,
  RefusedError: exitCodes.refused,
  RestoreError: exitCodes.refused,
  SchemaError: exitCodes.refused,
  TamperedError: exitCodes.refused,
  UnavailableError: exitCodes.workFailed,
  WrongRootKeyError: exitCodes.refused,
};

/** Ends a command with a message on standard error and an exit code. */
export class CommandFailure extends Error {
  readonly exitCode: number;
  constructor(exitCode: number, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** What an error that means something to the user ends a command with; undefined: a fault of ours, shown with its stack. */
export function failureOf(error: unknown): CommandFailure | undefined {
  if (error instanceof CommandFailure) return error;
  if (!(error instanceof Error)) return undefined;
  const known = exitCodeByName[error.name];
  if (known !== undefined) return new CommandFailure(known, error.message);
  // A file, directory or address that cannot be used as told: the system's own words say which and why.
  const fromSystem = 'syscall' in error && ('path' in error || 'address' in error || 'hostname' in error);
  return fromSystem ? new CommandFailure(exitCodes.workFailed, error.message) : undefined;
}
