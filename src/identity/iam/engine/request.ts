import type { CompiledPolicy } from './compile.ts';
import type { RequestContext } from './matching/context.ts';

/** Who asks for what, on which resource, under which circumstances. */
export type AuthorizationRequest = {
  /** Principal ARN, service host name (`ec2.amazonaws.com`), identity provider (ARN or host), or null for an anonymous caller. */
  readonly principal: string | null;
  /** `service:Operation` */
  readonly action: string;
  /** The resource's ARN, or `*` for an action without resources. */
  readonly resource: string;
  /** Account that owns the resource; the principal's own when absent. */
  readonly resourceAccount?: string | undefined;
  readonly context: RequestContext;
  /** The action knows no resources: only a statement on `*` covers it. */
  readonly wildcardOnlyAction?: boolean | undefined;
  readonly attributes?: RequestAttributes | undefined;
};

/** Facts about the parties that the ARNs do not tell. */
export type RequestAttributes = {
  readonly principalIsRoot?: boolean | undefined;
  /** SCPs leave the management account alone … */
  readonly principalAccountIsManagement?: boolean | undefined;
  /** … and RCPs its resources. */
  readonly resourceAccountIsManagement?: boolean | undefined;
  /** Neither SCPs nor RCPs touch service-linked roles. */
  readonly principalIsServiceLinkedRole?: boolean | undefined;
  /** The S3 canonical id of the principal's account. */
  readonly principalCanonicalId?: string | undefined;
  /** ARN of the user whose `GetFederationToken` made this federated-user session. */
  readonly federatedBy?: string | undefined;
  /** That user's unique id. */
  readonly federatedById?: string | undefined;
  /** Grants on the KMS key asked for. */
  readonly kmsGrants?: readonly KmsGrant[] | undefined;
};

/** What counts of a KMS grant when access is decided. */
export type KmsGrant = {
  readonly grantId?: string | undefined;
  readonly granteePrincipal?: string | undefined;
  readonly granteeServicePrincipal?: string | undefined;
  /** May retire the grant, whatever else it allows. */
  readonly retiringPrincipal?: string | undefined;
  /** Operation names without prefix: `Decrypt`, `ReEncryptFrom`. */
  readonly operations: readonly string[];
  readonly constraints?: KmsGrantConstraints | undefined;
};

export type KmsGrantConstraints = {
  /** The request's encryption context must be exactly this … */
  readonly encryptionContextEquals?: Readonly<Record<string, string>> | undefined;
  /** … or contain all of this. Case-sensitive. */
  readonly encryptionContextSubset?: Readonly<Record<string, string>> | undefined;
  /** Only on behalf of this resource (`aws:SourceArn`). */
  readonly sourceArn?: string | undefined;
};

/** Organization root, then OUs, then the account: each with the policies attached there. */
export type PolicyLevel = { readonly target: string; readonly policies: readonly CompiledPolicy[] };

/** Every policy that bears on a request. null: there is none of that kind; an empty list limits to nothing. */
export type PolicySets = {
  readonly identity: readonly CompiledPolicy[];
  readonly resource: CompiledPolicy | null;
  readonly boundaries: readonly CompiledPolicy[] | null;
  readonly session: readonly CompiledPolicy[] | null;
  readonly endpoint: readonly CompiledPolicy[] | null;
  /** Of the principal's account. Empty: no organization. */
  readonly scps: readonly PolicyLevel[];
  /** Of the resource's account. Empty: no organization. */
  readonly rcps: readonly PolicyLevel[];
  readonly serviceSettings?: ServiceSettings | undefined;
};

export type ServiceSettings = {
  readonly s3?: { readonly blockPublicAccess?: boolean | undefined } | undefined;
};

/** No policies at all: spread it and name what there is. */
export const NO_POLICIES: PolicySets = {
  identity: [],
  resource: null,
  boundaries: null,
  session: null,
  endpoint: null,
  scps: [],
  rcps: [],
};
