import type { Refusal } from './refusal.ts';

export type Tier = 'Standard' | 'Advanced';
export type RequestedTier = Tier | 'Intelligent-Tiering';

/** Per account and region (Systems Manager user guide, "managing parameter tiers"). */
export const limits = {
  Standard: { valueBytes: 4_096, parameters: 10_000 },
  Advanced: { valueBytes: 8_192, parameters: 100_000 },
} as const;

/** What asks for the advanced tier. */
export type TierNeeds = {
  readonly valueBytes: number;
  readonly hasPolicies: boolean;
  /** No standard parameter can be created. */
  readonly standardFull: boolean;
};

/** Tier that a request means: its own, else an advanced parameter's, else the account's default. */
export function requestedTier(
  given: RequestedTier | undefined,
  current: Tier | undefined,
  fallback: RequestedTier,
): RequestedTier {
  return given ?? (current === 'Advanced' ? current : fallback);
}

/**
 * The tier that a parameter gets. Advanced stays advanced: going back would cut its value.
 *
 * @param current tier of the existing parameter
 */
export function chooseTier(
  requested: RequestedTier,
  needs: TierNeeds,
  current: Tier | undefined,
): { readonly tier: Tier } | { readonly refusal: Refusal } {
  const needsAdvanced = needs.valueBytes > limits.Standard.valueBytes || needs.hasPolicies || needs.standardFull;
  const automatic = needsAdvanced || current === 'Advanced' ? 'Advanced' : 'Standard';
  const tier = requested === 'Intelligent-Tiering' ? automatic : requested;
  if (current === 'Advanced' && tier === 'Standard') {
    return refused(
      "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter tier to the standard-parameter tier. If necessary, you can delete the advanced parameter and recreate it as a standard parameter.",
    );
  }
  if (needs.valueBytes > limits[tier].valueBytes) return refused(tooLarge(tier));
  if (tier === 'Standard' && needs.hasPolicies) {
    return refused('parameter policies need the advanced-parameter tier');
  }
  return { tier };
}

/** Why there can be no further parameter of a tier. @param count how many there are */
export function refuseFurther(tier: Tier, count: number): Refusal | undefined {
  const { parameters } = limits[tier];
  if (count < parameters) return undefined;
  const ways =
    tier === 'Standard'
      ? 'either delete existing parameters or upgrade to the advanced-parameter tier (charges apply)'
      : 'delete existing parameters';
  return {
    code: 'ParameterLimitExceeded',
    message: `You have reached the maximum number of ${tier.toLowerCase()} parameters for this AWS account and Region (${parameters}). To add more parameters, ${ways}.`,
  };
}

function tooLarge(tier: Tier): string {
  const { valueBytes } = limits[tier];
  const upgrade =
    ' To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier. For more information, see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html';
  return `${tier} tier parameters support a maximum parameter value of ${valueBytes} characters.${tier === 'Standard' ? upgrade : ''}`;
}

function refused(message: string): { readonly refusal: Refusal } {
  return { refusal: { code: 'ValidationException', message } };
}
