import {
  type AuthorizationRequest,
  type CompiledPolicy,
  compile,
  type KmsGrant,
  type PolicyKind,
  type PolicyLevel,
  type PolicySets,
  type RequestAttributes,
  type RequestContext,
  readPolicy,
  type Verdict,
} from './engine.ts';

/** One policy case: a request with everything that bears on it. Members that the format does not know are ignored. */
export type PolicyCase = {
  readonly id: string;
  readonly request: AuthorizationRequest;
  readonly policies: PolicySets;
  /** Undefined when the case expects nothing. */
  readonly expected: Verdict | undefined;
};

export type CaseReading =
  | { readonly ok: true; readonly case: PolicyCase }
  | { readonly ok: false; readonly message: string };

export type CaseReader = (text: string) => CaseReading;

class Malformed extends Error {}

/**
 * Makes a reader that compiles a policy once, however many cases repeat it.
 * @example caseReader()('{"id":"1","request":{…},"identityPolicies":[…],"expect":{"decision":"Allowed"}}')
 */
export function caseReader(): CaseReader {
  const compiled = new Map<string, CompiledPolicy>();
  return (text) => {
    try {
      return { ok: true, case: caseOf(record(JSON.parse(text), 'the line'), compiled) };
    } catch (error) {
      if (error instanceof Malformed || error instanceof SyntaxError) return { ok: false, message: error.message };
      throw error;
    }
  };
}

type Json = Readonly<Record<string, unknown>>;
type Compiled = Map<string, CompiledPolicy>;

function caseOf(json: Json, compiled: Compiled): PolicyCase {
  if (json.kind !== undefined && json.kind !== 'authorize') throw new Malformed('`kind` is not `authorize`');
  const request = requestOf(record(json.request, '`request`'));
  const list = (member: string, kind: PolicyKind) =>
    array(json[member], `\`${member}\``).map((item, index) => policyOf(item, kind, `${member}[${index}]`, compiled));
  const listOrNull = (member: string, kind: PolicyKind) => (isAbsent(json[member]) ? null : list(member, kind));
  const levels = (member: 'scps' | 'rcps', kind: PolicyKind) =>
    isAbsent(json[member])
      ? []
      : array(json[member], `\`${member}\``).map((item) => levelOf(item, member, kind, compiled));
  const resource = json.resourcePolicy;
  const session = json.sessionPolicy;
  return {
    id: typeof json.id === 'string' ? json.id : String(json.id ?? ''),
    request,
    policies: {
      identity: isAbsent(json.identityPolicies) ? [] : list('identityPolicies', 'identity'),
      resource: isAbsent(resource)
        ? null
        : policyOf(resource, resourceKind(request.action), 'resourcePolicy', compiled),
      boundaries: listOrNull('permissionBoundaries', 'boundary'),
      session: isAbsent(session) ? null : sessionOf(session, compiled),
      endpoint: listOrNull('endpointPolicies', 'endpoint'),
      scps: levels('scps', 'scp'),
      rcps: levels('rcps', 'rcp'),
      serviceSettings: isAbsent(json.serviceSettings) ? undefined : record(json.serviceSettings, '`serviceSettings`'),
    },
    expected: expectedOf(json.expect),
  };
}

function expectedOf(value: unknown): Verdict | undefined {
  if (isAbsent(value)) return undefined;
  const decision = record(value, '`expect`').decision;
  if (decision === 'Allowed' || decision === 'ImplicitlyDenied' || decision === 'ExplicitlyDenied') return decision;
  throw new Malformed('`expect.decision` is none of `Allowed`, `ImplicitlyDenied`, `ExplicitlyDenied`');
}

function requestOf(json: Json): AuthorizationRequest {
  const principal = json.principal ?? null;
  if (principal !== null && typeof principal !== 'string')
    throw new Malformed('`request.principal` is no string or null');
  return {
    principal,
    action: string(json.action, '`request.action`'),
    resource: isAbsent(json.resource) ? '*' : string(json.resource, '`request.resource`'),
    resourceAccount: isAbsent(json.resourceAccount)
      ? undefined
      : string(json.resourceAccount, '`request.resourceAccount`'),
    context: isAbsent(json.context) ? {} : contextOf(record(json.context, '`request.context`')),
    wildcardOnlyAction: json.wildcardOnlyAction === true,
    attributes: isAbsent(json.attributes) ? undefined : attributesOf(record(json.attributes, '`request.attributes`')),
  };
}

function contextOf(json: Json): RequestContext {
  for (const [key, value] of Object.entries(json)) {
    const values = Array.isArray(value) ? value : [value];
    if (values.some((item) => typeof item === 'object' && item !== null)) {
      throw new Malformed(`\`request.context\`: \`${key}\` is no text, number, boolean or list of them`);
    }
  }
  return json as RequestContext; // every member was looked at
}

function attributesOf(json: Json): RequestAttributes {
  const flag = (member: string) => json[member] === true;
  const text = (member: string) => (typeof json[member] === 'string' ? json[member] : undefined);
  return {
    principalIsRoot: flag('principalIsRoot'),
    principalAccountIsManagement: flag('principalAccountIsManagement'),
    resourceAccountIsManagement: flag('resourceAccountIsManagement'),
    principalIsServiceLinkedRole: flag('principalIsServiceLinkedRole'),
    principalCanonicalId: text('principalCanonicalId'),
    federatedBy: text('federatedBy'),
    federatedById: text('federatedById'),
    kmsGrants: isAbsent(json.kmsGrants) ? undefined : array(json.kmsGrants, '`kmsGrants`').map(grantOf),
  };
}

/** Members as ListGrants spells them, or in camelCase. */
function grantOf(value: unknown): KmsGrant {
  const json = record(value, '`kmsGrants` entry');
  const constraints = member(json, 'constraints');
  const text = (name: string) => {
    const found = member(json, name);
    return typeof found === 'string' ? found : undefined;
  };
  return {
    grantId: text('grantId'),
    granteePrincipal: text('granteePrincipal'),
    granteeServicePrincipal: text('granteeServicePrincipal'),
    retiringPrincipal: text('retiringPrincipal'),
    operations: array(member(json, 'operations') ?? [], '`operations`').map((item) =>
      string(item, '`operations` entry'),
    ),
    constraints: isAbsent(constraints) ? undefined : constraintsOf(record(constraints, '`constraints`')),
  };
}

function constraintsOf(json: Json): KmsGrant['constraints'] {
  const pairs = (name: string) => {
    const found = member(json, name);
    if (isAbsent(found)) return undefined;
    return Object.fromEntries(Object.entries(record(found, `\`${name}\``)).map(([key, value]) => [key, String(value)]));
  };
  const sourceArn = member(json, 'sourceArn');
  return {
    encryptionContextEquals: pairs('encryptionContextEquals'),
    encryptionContextSubset: pairs('encryptionContextSubset'),
    sourceArn: typeof sourceArn === 'string' ? sourceArn : undefined,
  };
}

function member(json: Json, camelCase: string): unknown {
  return json[camelCase] ?? json[camelCase.charAt(0).toUpperCase() + camelCase.slice(1)];
}

function levelOf(value: unknown, place: string, kind: PolicyKind, compiled: Compiled): PolicyLevel {
  const json = record(value, `\`${place}\` entry`);
  const target = string(json.target ?? '', `\`${place}\` target`);
  const policies = array(json.policies ?? [], `\`${place}\` policies`);
  return {
    target,
    policies: policies.map((item, index) => policyOf(item, kind, `${place} ${target} [${index}]`, compiled)),
  };
}

/** One session policy, or several: inline and managed ones count together. */
function sessionOf(value: unknown, compiled: Compiled): readonly CompiledPolicy[] {
  if (!Array.isArray(value)) return [policyOf(value, 'session', 'sessionPolicy', compiled)];
  return value.map((item, index) => policyOf(item, 'session', `sessionPolicy[${index}]`, compiled));
}

function policyOf(value: unknown, kind: PolicyKind, place: string, compiled: Compiled): CompiledPolicy {
  const json = record(value, `\`${place}\``);
  const wrapped = json.policy !== undefined && json.Statement === undefined;
  const document = wrapped ? json.policy : json;
  const name = wrapped && typeof json.name === 'string' ? json.name : place;
  const text = typeof document === 'string' ? document : JSON.stringify(document);
  const key = `${kind}\n${name}\n${text}`;
  let policy = compiled.get(key);
  if (policy === undefined) {
    const reading = readPolicy(text);
    if (!reading.ok) {
      const [error] = reading.errors;
      throw new Malformed(`\`${place}\`: ${error?.message} ${error?.path ?? ''}`.trim());
    }
    policy = compile(reading.policy, { kind, name });
    compiled.set(key, policy);
  }
  return policy;
}

function resourceKind(action: string): PolicyKind {
  const service = action.slice(0, Math.max(action.indexOf(':'), 0)).toLowerCase();
  return service === 'kms' ? 'key' : service === 'sts' ? 'trust' : 'resource';
}

function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

function record(value: unknown, what: string): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw new Malformed(`${what} is no object`);
}

function array(value: unknown, what: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new Malformed(`${what} is no list`);
}

function string(value: unknown, what: string): string {
  if (typeof value === 'string') return value;
  throw new Malformed(`${what} is no text`);
}
