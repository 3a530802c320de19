/** What an engine says of input that it refuses: the error's code and text. */
export type Refusal = { readonly code: string; readonly message: string };

export function invalidName(message: string): Refusal {
  return { code: 'InvalidAttributeName', message };
}

export function invalidAttribute(message: string): Refusal {
  return { code: 'InvalidAttributeValue', message };
}

export function invalid(message: string): Refusal {
  return { code: 'InvalidParameterValue', message };
}
