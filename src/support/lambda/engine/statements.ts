/** One statement of a policy, as Lambda writes it. */
export type Statement = Readonly<Record<string, unknown>> & { readonly Sid: string };

export type Permission = {
  readonly sid: string;
  readonly action: string;
  readonly principal: string;
  readonly resource: string;
  readonly sourceArn?: string | undefined;
  readonly sourceAccount?: string | undefined;
  readonly eventSourceToken?: string | undefined;
  readonly organization?: string | undefined;
  readonly urlAuthType?: string | undefined;
  readonly viaUrl?: boolean | undefined;
};

/** The statement of a permission (recordings, "test_add_lambda_permission_fields"); undefined for a principal that is none. */
export function statementOf(permission: Permission): Statement | undefined {
  const principal = principalOf(permission.principal);
  if (principal === undefined) return undefined;
  const equals = {
    ...optional('AWS:SourceAccount', permission.sourceAccount),
    ...optional('lambda:EventSourceToken', permission.eventSourceToken),
    ...optional('lambda:FunctionUrlAuthType', permission.urlAuthType),
    ...optional('aws:PrincipalOrgID', permission.organization),
  };
  const condition = {
    ...(Object.keys(equals).length > 0 ? { StringEquals: equals } : {}),
    ...(permission.sourceArn === undefined ? {} : { ArnLike: { 'AWS:SourceArn': permission.sourceArn } }),
    ...(permission.viaUrl === true ? { Bool: { 'lambda:InvokedViaFunctionUrl': 'true' } } : {}),
  };
  return {
    Sid: permission.sid,
    Effect: 'Allow',
    Principal: principal,
    Action: permission.action,
    Resource: permission.resource,
    ...(Object.keys(condition).length > 0 ? { Condition: condition } : {}),
  };
}

/** An account, an ARN, a service, or everybody. */
function principalOf(text: string): unknown {
  if (text === '*') return '*';
  if (/^\d{12}$/.test(text)) return { AWS: `arn:aws:iam::${text}:root` };
  if (/^arn:aws[a-z-]*:(iam|sts)::\d{12}:.+$/.test(text)) return { AWS: text };
  if (/^[a-z0-9.-]+\.amazonaws\.com$/.test(text)) return { Service: text };
  return undefined;
}

function optional(name: string, value: string | undefined): Readonly<Record<string, string>> {
  return value === undefined ? {} : { [name]: value };
}

type Document = { readonly Version: '2012-10-17'; readonly Id: 'default'; readonly Statement: readonly Statement[] };

export function statementsIn(text: string | undefined): readonly Statement[] {
  return text === undefined ? [] : (JSON.parse(text) as Document).Statement;
}

export function documentOf(statements: readonly Statement[]): string {
  return JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement: statements } satisfies Document);
}
