import type { Principal, SessionFacts } from '#runtime/principal.ts';
import type { Seal } from '#store/seal.ts';

/** Temporary credentials: everything about them travels sealed in the token, so that any process can check them. */
export type Session = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly kind: Exclude<Principal['kind'], 'external' | 'service' | 'anonymous'>;
  readonly account: string;
  readonly arn: string;
  readonly userId: string;
  readonly name: string | undefined;
  readonly facts: SessionFacts;
  /** Keys that the way of signing in gave: `accounts.google.com:aud`, `saml:sub`, … */
  readonly keys: Readonly<Record<string, string | readonly string[]>>;
};

const context = 'sts/session';

/** @returns the session token, base64 */
export function sealSession(seal: Seal, session: Session): string {
  return Buffer.from(seal.seal(Buffer.from(JSON.stringify(session)), context)).toString('base64');
}

/** The session in a token; undefined when it is not ours, or altered. */
export function openSession(seal: Seal, token: string): Session | undefined {
  try {
    return JSON.parse(Buffer.from(seal.open(Buffer.from(token, 'base64'), context)).toString()) as Session;
  } catch {
    return undefined;
  }
}
