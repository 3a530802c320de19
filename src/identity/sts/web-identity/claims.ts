/** What a verified token says, as far as a session needs it. */
export type WebIdentity = {
  readonly subject: string;
  /** Those of the token's audiences that the provider knows. */
  readonly audience: readonly string[];
  readonly amr: readonly string[];
  readonly tags: readonly { readonly Key: string; readonly Value: string }[];
  readonly transitiveTagKeys: readonly string[];
  readonly sourceIdentity: string | undefined;
};

export type ClaimsRefusal = { readonly refused: 'expired' | 'invalid'; readonly message: string };

/** How far an issuer's clock may be ahead, in seconds. */
const skew = 60;

/**
 * Checks the claims of a token whose signature is good (OpenID Connect Core §3.1.3.7).
 *
 * @param clientIds of the provider: one must be among the audiences
 * @param now ms since the epoch
 */
export function readClaims(
  claims: Readonly<Record<string, unknown>>,
  clientIds: readonly string[],
  now: number,
): WebIdentity | ClaimsRefusal {
  const { sub, aud, exp, iat, nbf, azp } = claims;
  const seconds = now / 1000;
  if (typeof sub !== 'string' || sub === '') return invalid('Missing a required claim: sub');
  if (typeof exp !== 'number') return invalid('Missing a required claim: exp');
  if (typeof iat !== 'number') return invalid('Missing a required claim: iat');
  if (exp <= seconds) {
    const [current, end] = [now, exp * 1000].map((time) => new Date(time).toISOString().replace(/\.\d+Z$/, 'Z'));
    return {
      refused: 'expired',
      message: `Token expired: current date/time ${current} must be before the expiration date/time ${end}`,
    };
  }
  if (iat > seconds + skew || (typeof nbf === 'number' && nbf > seconds + skew))
    return invalid('Token is not valid yet');
  const named = stringsIn(aud);
  const audience = named.filter((id) => clientIds.includes(id));
  // A token for several audiences may say whom it was given to: that one must be known as well.
  const isForeign = named.length > 1 && typeof azp === 'string' && !clientIds.includes(azp);
  if (audience.length === 0 || isForeign) return invalid('Incorrect token audience');
  return { subject: sub, audience, amr: stringsIn(claims['amr']), ...sessionClaims(claims) };
}

function invalid(message: string): ClaimsRefusal {
  return { refused: 'invalid', message };
}

/** AWS's own claims (IAM user guide, "Passing session tags using AssumeRoleWithWebIdentity"). */
function sessionClaims(
  claims: Readonly<Record<string, unknown>>,
): Pick<WebIdentity, 'tags' | 'transitiveTagKeys' | 'sourceIdentity'> {
  const given = claims['https://aws.amazon.com/tags'];
  const { principal_tags: tags, transitive_tag_keys: transitive } = isObject(given) ? given : {};
  const source = claims['https://aws.amazon.com/source_identity'];
  return {
    tags: Object.entries(isObject(tags) ? tags : {}).flatMap(([Key, values]) =>
      stringsIn(values)
        .slice(0, 1)
        .map((Value) => ({ Key, Value })),
    ),
    transitiveTagKeys: stringsIn(transitive),
    sourceIdentity: typeof source === 'string' && /^[\w+=,.@-]{2,64}$/.test(source) ? source : undefined,
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function stringsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}
