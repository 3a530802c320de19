import type { Principal } from '#runtime/principal.ts';

/** What a web identity token says, beside whom it is for. */
export type Statement = {
  readonly issuer: string;
  readonly audience: readonly string[];
  readonly principal: Principal;
  readonly region: string;
  /** Unique for each token. */
  readonly tokenId: string;
  /** Seconds since the epoch. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly tags: Readonly<Record<string, string>>;
};

const principalTag = 'aws:PrincipalTag/';

/**
 * Claims of a token about a caller (IAM user guide, "Understanding token claims"). What is AWS's own stands in one object under a name
 * of AWS's; members that say nothing are left out.
 */
export function identityClaims(statement: Statement): Readonly<Record<string, unknown>> {
  const { principal, audience, tags } = statement;
  const principalTags = Object.fromEntries(
    Object.entries(principal.keys).flatMap(([key, value]) =>
      key.startsWith(principalTag) ? [[key.slice(principalTag.length), value]] : [],
    ),
  );
  return {
    iss: statement.issuer,
    aud: audience.length === 1 ? audience[0] : audience,
    sub: subjectOf(principal),
    iat: statement.issuedAt,
    exp: statement.expiresAt,
    jti: statement.tokenId,
    'https://sts.amazonaws.com/': {
      aws_account: principal.account,
      principal_id: subjectOf(principal),
      source_region: statement.region,
      ...(Object.keys(principalTags).length === 0 ? {} : { principal_tags: principalTags }),
      ...sessionClaims(principal),
      ...(Object.keys(tags).length === 0 ? {} : { request_tags: tags }),
    },
  };
}

/** The role behind a session: relying parties trust roles, whatever their sessions are called. */
function subjectOf({ kind, arn, session }: Principal): string {
  return kind === 'assumed-role' && session !== undefined ? session.issuerArn : arn;
}

function sessionClaims({ session }: Principal): object {
  if (session === undefined) return {};
  return {
    original_session_exp: new Date(session.expiresAt).toISOString().replace(/\.\d+Z$/, 'Z'),
    ...(session.federatedProvider === undefined ? {} : { federated_provider: session.federatedProvider }),
  };
}
