import type { Context } from '#runtime/context.ts';

/*
 * Guesses of short secrets: codes of MFA devices, and passwords. Who holds a user's access key must not find them by trying.
 *
 * Counted outside the store: a refused call stores nothing. AWS does not publish its limits; these are ours.
 */

/** Wrong guesses in a row that cost nothing: people mistype. */
const freeGuesses = 5;
/** Wait after the last of them, in ms; doubles with each further one. */
const firstWaitMs = 30_000;
const longestWaitMs = 3_600_000;
/** Wrong guesses are remembered this long after the last. */
const rememberedMs = 24 * 3_600_000;

type Counting = Pick<Context, 'counters'>;

/**
 * Whether a guess may be looked at. It counts as wrong until `guessedRight`, so that guesses made at the same time count as well.
 *
 * @param secret names the secret, not its value
 */
export async function mayGuess({ counters }: Counting, secret: string): Promise<boolean> {
  const { failed, wait } = keysOf(secret);
  const before = await counters.peek(failed);
  if (before >= freeGuesses) {
    const beyond = before + 1 - freeGuesses;
    // Of those who come when the wait is over, one may guess.
    if (!(await counters.claim(wait, Math.min(firstWaitMs * 2 ** beyond, longestWaitMs)))) return false;
    await counters.add(failed, 1, rememberedMs);
    return true;
  }
  const count = await counters.add(failed, 1, rememberedMs);
  if (count === freeGuesses) await counters.claim(wait, firstWaitMs);
  if (count <= freeGuesses) return true;
  await counters.add(failed, -1, rememberedMs);
  return false;
}

export async function guessedRight({ counters }: Counting, secret: string): Promise<void> {
  const { failed, wait } = keysOf(secret);
  await counters.clear(failed);
  await counters.clear(wait);
}

function keysOf(secret: string): { readonly failed: string; readonly wait: string } {
  return { failed: `guess|${secret}`, wait: `guess-wait|${secret}` };
}
