import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import { takeMfaCode } from '../iam/directory.ts';

/** Calls whose code has been taken: asked again within one call, the answer stays. */
const taken = new WeakSet<Context>();

/**
 * Checks the code of the caller's MFA device and uses it up.
 *
 * @returns whether the call carries a code
 * @throws ServiceError AccessDenied for a wrong code or a device that is not the caller's
 */
export async function codeTaken(
  ctx: Context,
  serialNumber: string | undefined,
  code: string | undefined,
): Promise<boolean> {
  if (serialNumber === undefined && code === undefined) return false;
  if (taken.has(ctx)) return true;
  if (serialNumber === undefined || code === undefined) {
    throw new ServiceError('ValidationException', 'SerialNumber and TokenCode must be given together.');
  }
  const ownerId = ctx.principal.kind === 'root' ? ctx.account : ctx.principal.userId;
  const longTerm = ctx.principal.kind === 'root' || ctx.principal.kind === 'user';
  if (!longTerm || !(await takeMfaCode(ctx, ownerId, serialNumber, code))) {
    throw new ServiceError(
      'AccessDeniedException',
      'MultiFactorAuthentication failed with invalid MFA one time pass code.',
      { status: 403 },
    );
  }
  taken.add(ctx);
  return true;
}
