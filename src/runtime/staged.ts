/**
 * Answers of `Context.once`: they outlive an attempt that is overtaken. Calls made inside have answers of their own, told apart by their order:
 * an attempt that runs again makes the same calls.
 */
export class Staged {
  readonly #answers = new Map<string, Promise<unknown>>();
  readonly #inside = new Map<string, Staged>();

  once<T>(name: string, work: () => Promise<T>): Promise<T> {
    const known = this.#answers.get(name);
    if (known !== undefined) return known as Promise<T>;
    const answer = work();
    this.#answers.set(name, answer);
    return answer;
  }

  /** Those of a call made inside. */
  of(call: string): Staged {
    let staged = this.#inside.get(call);
    if (staged === undefined) {
      staged = new Staged();
      this.#inside.set(call, staged);
    }
    return staged;
  }
}
