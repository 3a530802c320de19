import type { SessionFacts } from '#runtime/principal.ts';
import { ServiceError } from '#wire/service-error.ts';

export type SessionTags = {
  /** The request's own and those handed on by the calling session. */
  readonly tags: Readonly<Record<string, string>>;
  /** Keys of those that the next session in the chain gets as well. */
  readonly transitiveTagKeys: readonly string[];
};

type TagInput = { readonly Key?: string | undefined; readonly Value?: string | undefined };

/** Session tags at most (STS API reference). */
const maxTags = 50;

/**
 * Tags of a new session (IAM user guide, "Passing session tags"). Keys are compared without regard to case.
 *
 * @param calling the session that asks; its transitive tags are handed on and cannot be replaced
 * @throws ServiceError InvalidParameterValue, with AWS's recorded texts
 */
export function sessionTags(
  tags: readonly TagInput[] | undefined,
  transitive: readonly string[] | undefined,
  calling: Pick<SessionFacts, 'tags' | 'transitiveTagKeys'> | undefined,
): SessionTags {
  const own = new Map<string, readonly [string, string]>();
  for (const { Key = '', Value = '' } of tags ?? []) {
    if (own.has(fold(Key))) throw refused('Duplicate tag keys found. Please note that Tag keys are case insensitive.');
    own.set(fold(Key), [Key, Value]);
  }
  if (own.size > maxTags) throw refused(`A session can have at most ${maxTags} tags.`);
  for (const key of transitive ?? []) {
    if (!own.has(fold(key))) throw refused('The specified transitive tag key must be included in the requested tags.');
  }
  const inherited = Object.entries(calling?.tags ?? {}).filter(([key]) =>
    calling?.transitiveTagKeys.some((name) => fold(name) === fold(key)),
  );
  for (const [key] of inherited) {
    if (own.has(fold(key))) {
      throw refused(
        "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
      );
    }
  }
  return {
    tags: Object.fromEntries([...inherited, ...own.values()]),
    transitiveTagKeys: [...inherited.map(([key]) => key), ...(transitive ?? [])],
  };
}

function fold(key: string): string {
  return key.toLowerCase();
}

function refused(message: string): ServiceError {
  return new ServiceError('InvalidParameterValue', message, { status: 400 });
}
