/**
 * Who calls. Built by the authenticator from credentials, never from what the request claims.
 *
 * `keys` are the condition keys that follow from the principal alone (`aws:PrincipalArn`, `aws:userid`, `aws:PrincipalTag/…`);
 * they are computed once per credential and shared by its requests.
 */
export type Principal = {
  readonly kind: 'root' | 'user' | 'assumed-role' | 'federated-user' | 'external' | 'service' | 'anonymous';
  /** Account of the caller, 12 digits; '' for anonymous callers and services. */
  readonly account: string;
  /**
   * `arn:aws:iam::1:user/a`, `arn:aws:sts::1:assumed-role/r/session`, the identity provider for external callers, service host name for
   * services, `*` for anonymous.
   */
  readonly arn: string;
  /** `AIDA…`, `AROA…:session`, the account id for root. */
  readonly userId: string;
  /** User name, role name for sessions, the provider's name for external callers. */
  readonly name: string | undefined;
  readonly accessKeyId: string | undefined;
  readonly session: SessionFacts | undefined;
  readonly keys: Readonly<Record<string, string | readonly string[]>>;
};

/** What a session token carries beside the identity. Times in ms since the epoch. */
export type SessionFacts = {
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** ARN, id and name of the role or user that issued the session. */
  readonly issuerArn: string;
  readonly issuerId: string;
  readonly issuerName: string;
  readonly sessionName: string | undefined;
  readonly mfa: boolean;
  /** Inline session policy texts and managed session policy ARNs. */
  readonly policies: readonly string[];
  readonly policyArns: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  readonly transitiveTagKeys: readonly string[];
  readonly sourceIdentity: string | undefined;
  /** Identity provider for web identity and SAML sessions. */
  readonly federatedProvider: string | undefined;
};

export const anonymous: Principal = {
  kind: 'anonymous',
  account: '',
  arn: '*',
  userId: 'anonymous',
  name: undefined,
  accessKeyId: undefined,
  session: undefined,
  keys: { 'aws:PrincipalType': 'Anonymous' },
};

/**
 * Somebody whom an identity provider of an account vouches for. They have no policies of their own: what they may is for the policies
 * of resources to say.
 *
 * @param provider its ARN: `arn:aws:iam::1:oidc-provider/idp.example`
 * @param userId as CloudTrail tells it: `idp.example:AUDIENCE:SUBJECT`, or `NAMEQUALIFIER:SUBJECT` for SAML
 */
export function externalPrincipal(provider: string, userId: string, subject: string): Principal {
  return {
    kind: 'external',
    account: provider.split(':', 5)[4] ?? '',
    arn: provider,
    userId,
    name: subject,
    accessKeyId: undefined,
    session: undefined,
    keys: { 'aws:FederatedProvider': provider },
  };
}

/** A service acting on its own behalf: scheduled work, deliveries. `host` as in `kms.amazonaws.com`. */
export function servicePrincipal(host: string): Principal {
  return {
    kind: 'service',
    account: '',
    arn: host,
    userId: host,
    name: host,
    accessKeyId: undefined,
    session: undefined,
    keys: { 'aws:PrincipalIsAWSService': 'true', 'aws:PrincipalServiceName': host },
  };
}
