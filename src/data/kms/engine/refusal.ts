/** Why a request cannot be done: the error that the client gets. Engines return it, operations throw it. */
export type Refusal = { readonly code: string; readonly message: string };

export function refusal(code: string, message: string): Refusal {
  return { code, message };
}
