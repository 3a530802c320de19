import { RE2JS } from 're2js';
import type { Refusal } from './refusal.ts';

/** Most instructions × characters that one match may take: about half a second of the one thread that answers everybody. */
const maxSteps = 20_000_000;

/**
 * Why a value may not be stored under an allowed pattern; the pattern covers the whole value. It runs in linear time, whatever
 * the user wrote: look-around and back-references are invalid here, and so is a pattern too large for the value.
 *
 * @example refuseValue('\\d{1,4}', '10,000')?.code // 'ParameterPatternMismatchException'
 */
export function refuseValue(pattern: string, value: string): Refusal | undefined {
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(pattern);
  } catch {
    return invalid(`\`${pattern}\` is not a regular expression that runs in linear time`);
  }
  if (compiled.programSize() * value.length > maxSteps) {
    return invalid(`\`${pattern}\` takes too long on a value of ${value.length} characters`);
  }
  if (compiled.matches(value)) return undefined;
  return {
    code: 'ParameterPatternMismatchException',
    message: `Parameter value, cannot be validated against allowedPattern: ${pattern}`,
  };
}

function invalid(message: string): Refusal {
  return { code: 'InvalidAllowedPatternException', message };
}
