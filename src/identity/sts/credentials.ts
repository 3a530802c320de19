import type { Context } from '#runtime/context.ts';
import { type Session, sealSession } from '../session-token.ts';
import { temporaryKeyId } from './temporary-key-id.ts';

/** What a new session is, but for its credentials and its times. */
export type SessionDraft = Omit<Session, 'accessKeyId' | 'secretAccessKey' | 'facts'> & {
  readonly facts: Omit<Session['facts'], 'issuedAt' | 'expiresAt'>;
};

/** Temporary credentials for a session, as every STS operation answers them. */
export function issue(ctx: Context, draft: SessionDraft, durationSeconds: number) {
  const accessKeyId = temporaryKeyId(draft.account, ctx.random(10));
  const secretAccessKey = Buffer.from(ctx.random(30)).toString('base64');
  // Expiration is told to the second: the session must not outlive what it says.
  const expiresAt = Math.floor(ctx.now / 1_000) * 1_000 + durationSeconds * 1_000;
  const token = sealSession(ctx.seal, {
    ...draft,
    accessKeyId,
    secretAccessKey,
    facts: { ...draft.facts, issuedAt: ctx.now, expiresAt },
  });
  return {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    SessionToken: token,
    Expiration: new Date(expiresAt),
  };
}
