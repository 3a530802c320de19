import { createHash } from 'node:crypto';
import { type CompiledPolicy, compile, type PolicyKind, readPolicy } from './engine/engine.ts';

/** A compiled policy and the digest under which explanations find its text again. */
export type LibraryPolicy = { readonly compiled: CompiledPolicy; readonly digest: string; readonly text: string };

export type PolicyName = { readonly kind: PolicyKind; readonly name: string; readonly arn?: string | undefined };

/** Compiled policies kept; one takes about 5 KB. */
const maxPolicies = 20_000;

/**
 * Compiles each policy once. The key is where it stands and its text, so a changed policy is another entry and none is ever stale.
 */
export class PolicyLibrary {
  readonly #entries = new Map<string, LibraryPolicy>();

  /** @throws Error for a document that cannot be read: nothing such is ever stored, and nothing is decided without it. */
  get({ kind, name, arn }: PolicyName, text: string): LibraryPolicy {
    const key = `${kind}\u0000${name}\u0000${text}`;
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      if (this.#entries.size >= maxPolicies) this.#entries.delete(this.#entries.keys().next().value ?? '');
      entry = { compiled: compile(documentOf(text, name), { kind, name, arn }), digest: digestOf(text), text };
      this.#entries.set(key, entry);
    }
    return entry;
  }
}

function documentOf(text: string, name: string) {
  const reading = readPolicy(text);
  if (!reading.ok) throw new Error(`INVARIANT: stored policy \`${name}\` can be read`);
  return reading.policy;
}

export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
