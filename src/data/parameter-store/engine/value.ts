import type { Refusal } from './refusal.ts';

/** Why a text may not be a parameter's value, whatever its size and pattern. */
export function refuseText(value: string): Refusal | undefined {
  if (value === '') {
    return {
      code: 'ValidationException',
      message:
        "1 validation error detected: Value '' at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1.",
    };
  }
  // Searched, not matched: a regular expression takes quadratic time on `{{{{{{…`.
  const open = value.indexOf('{{');
  if (open !== -1 && value.includes('}}', open + 2)) {
    return {
      code: 'ValidationException',
      message: 'Parameter value can\'t nest another parameter. Do not use "{{}}" in the value.',
    };
  }
  return undefined;
}
