import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import type { Operation } from './api.ts';
import { guessedRight, mayGuess } from './guesses.ts';
import { ownerNamed, userResource } from './owner.ts';
import { hashPassword, isPassword, newSalt } from './password-hash.ts';
import { passwordRules } from './password-policy.ts';
import { expiryOf, refusePassword } from './password-rules.ts';
import { type LoginProfileRow, loginProfiles } from './records-users.ts';
import { alreadyExists, invalid } from './refusals.ts';

/** The most that `PasswordReusePrevention` can ask for. */
const maxEarlier = 24;

export const CreateLoginProfile: Operation<'CreateLoginProfile'> = {
  resource: ({ UserName }, ctx) => userResource(ctx, UserName),
  handle: async ({ UserName, Password: password, PasswordResetRequired: resetRequired = false }, ctx) => {
    const owner = await userOwner(ctx, UserName);
    if ((await ctx.records.get(loginProfiles, owner.ownerId)) !== undefined) {
      throw alreadyExists(`Login Profile for user ${owner.name}`);
    }
    if (password === undefined) throw invalid('A password is required to create a login profile.');
    await checkRules(ctx, password);
    const profile: LoginProfileRow = {
      createDate: ctx.now,
      changeDate: ctx.now,
      passwordHash: await hashPassword(password, newSalt(ctx.random)),
      earlierHashes: [],
      resetRequired,
    };
    ctx.records.create(loginProfiles, owner.ownerId, profile);
    return { LoginProfile: present(owner.name, profile) };
  },
};

export const GetLoginProfile: Operation<'GetLoginProfile'> = {
  resource: ({ UserName }, ctx) => userResource(ctx, UserName),
  handle: async ({ UserName }, ctx) => {
    const owner = await userOwner(ctx, UserName);
    return { LoginProfile: present(owner.name, await profileOf(ctx, owner)) };
  },
};

export const UpdateLoginProfile: Operation<'UpdateLoginProfile'> = {
  resource: ({ UserName }, ctx) => userResource(ctx, UserName),
  handle: async ({ UserName, Password: password, PasswordResetRequired: reset }, ctx) => {
    const owner = await userOwner(ctx, UserName);
    const profile = await profileOf(ctx, owner);
    const changed = password === undefined ? profile : await withPassword(ctx, profile, password);
    ctx.records.put(loginProfiles, owner.ownerId, { ...changed, resetRequired: reset ?? changed.resetRequired });
    return {};
  },
};

export const DeleteLoginProfile: Operation<'DeleteLoginProfile'> = {
  resource: ({ UserName }, ctx) => userResource(ctx, UserName),
  handle: async ({ UserName }, ctx) => {
    const owner = await userOwner(ctx, UserName);
    if ((await ctx.records.get(loginProfiles, owner.ownerId)) === undefined) {
      throw new ServiceError('NoSuchEntityException', `Cannot find Login Profile for User ${owner.name}`);
    }
    ctx.records.delete(loginProfiles, owner.ownerId);
    return {};
  },
};

export const ChangePassword: Operation<'ChangePassword'> = {
  resource: 'none',
  handle: async ({ OldPassword, NewPassword }, ctx) => {
    if (ctx.principal.kind !== 'user') {
      throw new ServiceError('InvalidUserTypeException', 'Only IAM Users can change their own password.');
    }
    const rules = await passwordRules(ctx);
    await mayChange(ctx, rules?.AllowUsersToChangePassword === true);
    const owner = await userOwner(ctx, undefined);
    const profile = await profileOf(ctx, owner);
    const expiry = expiryOf(profile.changeDate, rules);
    if (rules?.HardExpiry === true && expiry !== undefined && expiry <= ctx.now)
      throw denied('The password has expired.');
    const secret = `password of ${owner.ownerId}`;
    if (!(await mayGuess(ctx, secret))) throw new ServiceError('ThrottlingException', 'Rate exceeded', { status: 400 });
    if (!(await isPassword(OldPassword, profile.passwordHash))) throw denied('The old password was incorrect.');
    await guessedRight(ctx, secret);
    const changed = await withPassword(ctx, profile, NewPassword);
    ctx.records.put(loginProfiles, owner.ownerId, { ...changed, resetRequired: false });
    return {};
  },
};

/**
 * Where the account lets its users change their passwords, no policy has to allow it (IAM user guide, "Permitting IAM users to change
 * their own passwords"); one that denies it still counts.
 *
 * @throws ServiceError AccessDenied
 */
async function mayChange(ctx: Context, everybody: boolean): Promise<void> {
  try {
    await ctx.authorise('iam:ChangePassword', await userResource(ctx, undefined));
  } catch (error) {
    const unallowed = error instanceof ServiceError && !error.message.includes('explicit deny');
    if (!everybody || !unallowed) throw error;
  }
}

/** @throws ServiceError PasswordPolicyViolation */
async function withPassword(ctx: Context, profile: LoginProfileRow, password: string): Promise<LoginProfileRow> {
  const rules = await checkRules(ctx, password);
  const known = [profile.passwordHash, ...profile.earlierHashes];
  for (const hash of known.slice(0, rules?.PasswordReusePrevention ?? 0)) {
    if (await isPassword(password, hash)) throw violation('Password was used before; choose another one.');
  }
  return {
    ...profile,
    changeDate: ctx.now,
    passwordHash: await hashPassword(password, newSalt(ctx.random)),
    earlierHashes: known.slice(0, maxEarlier - 1),
  };
}

async function checkRules(ctx: Context, password: string) {
  const rules = await passwordRules(ctx);
  const refused = refusePassword(password, rules);
  if (refused !== undefined) throw violation(refused);
  return rules;
}

type Named = { readonly ownerId: string; readonly name: string };

async function userOwner(ctx: Context, userName: string | undefined): Promise<Named> {
  const owner = await ownerNamed(ctx, userName);
  if (owner.kind === 'root') throw invalid('Must specify userName: the root user has no login profile.');
  return { ownerId: owner.ownerId, name: owner.user.userName };
}

async function profileOf(ctx: Context, { ownerId, name }: Named): Promise<LoginProfileRow> {
  const profile = await ctx.records.get(loginProfiles, ownerId);
  if (profile !== undefined) return profile;
  throw new ServiceError('NoSuchEntityException', `Login Profile for User ${name} cannot be found.`);
}

function violation(message: string): ServiceError {
  return new ServiceError('PasswordPolicyViolationException', message);
}

function denied(message: string): ServiceError {
  return new ServiceError('AccessDeniedException', message);
}

function present(name: string, { createDate, resetRequired }: LoginProfileRow) {
  return { UserName: name, CreateDate: new Date(createDate), PasswordResetRequired: resetRequired };
}
