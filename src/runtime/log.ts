import { pino } from 'pino';

export type LogLevel = 'silent' | 'error' | 'warn' | 'info' | 'debug';

/** Structured log on standard error. Never give it inputs or outputs: those go to the audit, redacted by the model. */
export type Log = {
  error(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  info(facts: object, message: string): void;
  debug(facts: object, message: string): void;
};

export function openLog(level: LogLevel): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: ['*.secret', '*.password', '*.authorization'],
    },
    pino.destination({ dest: 2, sync: true }),
  );
}
