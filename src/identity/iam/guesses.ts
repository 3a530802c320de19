/**
 * Guesses of short secrets: codes of MFA devices, and passwords. Who holds a user's access key must not find them by trying.
 *
 * Kept in memory: a refused call stores nothing. AWS does not publish its limits; these are ours.
 */
type Guesses = { readonly failed: number; readonly next: number };

/** Wrong guesses in a row that cost nothing: people mistype. */
const freeGuesses = 5;
/** Wait after the last of them, in ms; doubles with each further one. */
const firstWaitMs = 30_000;
const longestWaitMs = 3_600_000;
/** Secrets remembered; each belongs to a device or a user that is there. */
const maxSecrets = 10_000;

const guesses = new Map<string, Guesses>();

/**
 * Whether a guess may be looked at. It counts as wrong until `guessedRight`, so that guesses made at the same time count as well.
 *
 * @param secret names the secret, not its value
 * @param now ms since the epoch
 */
export function mayGuess(secret: string, now: number): boolean {
  const { failed, next } = guesses.get(secret) ?? { failed: 0, next: 0 };
  if (now < next) return false;
  const beyond = failed + 1 - freeGuesses;
  const wait = beyond < 0 ? 0 : Math.min(firstWaitMs * 2 ** beyond, longestWaitMs);
  guesses.delete(secret);
  if (guesses.size >= maxSecrets) guesses.delete(guesses.keys().next().value ?? '');
  guesses.set(secret, { failed: failed + 1, next: now + wait });
  return true;
}

export function guessedRight(secret: string): void {
  guesses.delete(secret);
}
