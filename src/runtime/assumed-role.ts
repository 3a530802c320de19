import { ServiceError } from '#wire/service-error.ts';
import type { Call } from './call.ts';
import type { Context } from './context.ts';
import type { Installation } from './installation.ts';
import type { Principal } from './principal.ts';
import { slot } from './slot.ts';

/** Seconds that a service's session of a role lasts; AWS's shortest. */
const sessionSeconds = 900;
/** Sessions are renewed this long before they end, so that none ends on its way. */
const renewMs = 60_000;
const maxSessions = 10_000;

type Assumed = { readonly token: string; readonly expiresAt: number };

/** Tokens of the sessions that services hold, by service, role, session name and cause. */
const sessions = slot(() => new Map<string, Assumed>());

/**
 * The session of a role that a service assumes for its work; the role's trust policy must allow the service. One session serves the calls of
 * a quarter of an hour. The role's policies count as they are at each call, and a role that is deleted ends its sessions.
 *
 * @throws ServiceError AccessDenied
 */
export async function assumedRole(
  house: Installation,
  ctx: Context,
  host: string,
  { role, session }: { readonly role: string; readonly session: string },
  source: Call['source'],
): Promise<Principal> {
  const held = sessions.of(house);
  const name = [host, role, session, source?.arn ?? '', source?.account ?? ''].join(' ');
  const known = held.get(name);
  if (known !== undefined && known.expiresAt - renewMs > ctx.now) {
    const principal = await house.sessionPrincipal(known.token, ctx.now);
    if (principal !== undefined) return principal;
  }
  const { Credentials } = await ctx.call(
    'sts',
    'AssumeRole',
    { RoleArn: role, RoleSessionName: session, DurationSeconds: sessionSeconds },
    { as: 'service', account: role.split(':', 5)[4] ?? '', ...(source === undefined ? {} : { source }) },
  );
  const token = Credentials?.SessionToken ?? '';
  const principal = await house.sessionPrincipal(token, ctx.now);
  if (principal === undefined) throw new ServiceError('AccessDeniedException', `${host} cannot assume ${role}`);
  if (held.size >= maxSessions) held.clear();
  held.set(name, { token, expiresAt: ctx.now + sessionSeconds * 1000 });
  return principal;
}
