import type { Context } from '#runtime/context.ts';
import { ServiceError } from '#wire/service-error.ts';
import type { Operation } from './api.ts';
import { accountRow } from './owner.ts';
import type { PasswordRules } from './password-rules.ts';
import { accounts } from './records.ts';

export const GetAccountPasswordPolicy: Operation<'GetAccountPasswordPolicy'> = {
  resource: () => '*',
  handle: async (_input, ctx) => {
    const rules = await passwordRules(ctx);
    if (rules === undefined) throw noPolicy(ctx);
    const { MaxPasswordAge: age, PasswordReusePrevention: reuse, HardExpiry: hard, ...rest } = rules;
    return {
      PasswordPolicy: {
        ...rest,
        ExpirePasswords: age !== undefined,
        ...(age === undefined ? {} : { MaxPasswordAge: age }),
        ...(reuse === undefined ? {} : { PasswordReusePrevention: reuse }),
        ...(hard === undefined ? {} : { HardExpiry: hard }),
      },
    };
  },
};

export const UpdateAccountPasswordPolicy: Operation<'UpdateAccountPasswordPolicy'> = {
  resource: () => '*',
  handle: async (input, ctx) => {
    // What is left out goes back to its default: there is no partial update.
    const passwordPolicy: PasswordRules = {
      MinimumPasswordLength: input.MinimumPasswordLength ?? 6,
      RequireSymbols: input.RequireSymbols ?? false,
      RequireNumbers: input.RequireNumbers ?? false,
      RequireUppercaseCharacters: input.RequireUppercaseCharacters ?? false,
      RequireLowercaseCharacters: input.RequireLowercaseCharacters ?? false,
      AllowUsersToChangePassword: input.AllowUsersToChangePassword ?? false,
      MaxPasswordAge: input.MaxPasswordAge,
      PasswordReusePrevention: input.PasswordReusePrevention,
      HardExpiry: input.HardExpiry,
    };
    ctx.records.put(accounts, ctx.account, { ...(await accountRow(ctx)), passwordPolicy });
    return {};
  },
};

export const DeleteAccountPasswordPolicy: Operation<'DeleteAccountPasswordPolicy'> = {
  resource: () => '*',
  handle: async (_input, ctx) => {
    const account = await accountRow(ctx);
    if (account.passwordPolicy === undefined) throw noPolicy(ctx);
    ctx.records.put(accounts, ctx.account, { ...account, passwordPolicy: undefined });
    return {};
  },
};

/** The account's own rules; undefined when it goes by IAM's. */
export async function passwordRules(ctx: Context): Promise<PasswordRules | undefined> {
  return (await accountRow(ctx)).passwordPolicy as PasswordRules | undefined;
}

function noPolicy({ account }: Context): ServiceError {
  return new ServiceError('NoSuchEntityException', `The Password Policy with domain name ${account} cannot be found.`);
}
