/** An account's rules for passwords, as `UpdateAccountPasswordPolicy` sets them. */
export type PasswordRules = {
  readonly MinimumPasswordLength: number;
  readonly RequireSymbols: boolean;
  readonly RequireNumbers: boolean;
  readonly RequireUppercaseCharacters: boolean;
  readonly RequireLowercaseCharacters: boolean;
  readonly AllowUsersToChangePassword: boolean;
  /** Days; undefined: passwords don't expire. */
  readonly MaxPasswordAge: number | undefined;
  /** Passwords before the present one that may not come back. */
  readonly PasswordReusePrevention: number | undefined;
  /** Whether users may not choose a new password once the old one has expired. */
  readonly HardExpiry: boolean | undefined;
};

/** Without rules of its own an account asks for eight characters of three kinds (IAM user guide, "Default password policy"). */
const defaultLength = 8;
const defaultKinds = 3;

const kinds = {
  RequireUppercaseCharacters: { pattern: /[A-Z]/, text: 'Password should have at least one uppercase letter' },
  RequireLowercaseCharacters: { pattern: /[a-z]/, text: 'Password should have at least one lowercase letter' },
  RequireNumbers: { pattern: /[0-9]/, text: 'Password should have at least one number' },
  RequireSymbols: { pattern: /[!@#$%^&*()_+\-=[\]{}|']/, text: 'Password should have at least one symbol' },
} as const;

/**
 * Why a password may not be taken; undefined when it may.
 *
 * @param rules undefined: the account has none of its own
 * @example refusePassword('short', undefined) // 'Password should have a minimum length of 8'
 */
export function refusePassword(password: string, rules: PasswordRules | undefined): string | undefined {
  const length = rules?.MinimumPasswordLength ?? defaultLength;
  if (password.length < length) return `Password should have a minimum length of ${length}`;
  const missing = Object.entries(kinds).filter(([, { pattern }]) => !pattern.test(password));
  if (rules === undefined) {
    const more = defaultKinds - (Object.keys(kinds).length - missing.length);
    if (more <= 0) return undefined;
    const texts = missing.map(([, { text }]) => text).join(', ');
    return `Password should meet ${more} more of the following requirements: ${texts}`;
  }
  return missing.find(([name]) => rules[name as keyof typeof kinds])?.[1].text;
}

/** When a password set at `changed` expires, in ms; undefined when it doesn't. */
export function expiryOf(changed: number, rules: PasswordRules | undefined): number | undefined {
  const days = rules?.MaxPasswordAge;
  return days === undefined ? undefined : changed + days * 86_400_000;
}
