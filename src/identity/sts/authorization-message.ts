import { ServiceError } from '#wire/service-error.ts';
import type { Operation } from './api.ts';

/** What a refusal carries, sealed: as much of the record of the decision as is told (the rest is for the audit alone). */
type SealedDecision = {
  readonly request: {
    readonly principal: string | null;
    readonly action: string;
    readonly resource: string;
    readonly context: Readonly<Record<string, string | readonly string[] | undefined>>;
  };
  readonly decision: 'Allowed' | 'ImplicitlyDenied' | 'ExplicitlyDenied';
  readonly statements: readonly {
    readonly layer: string;
    readonly policy: string;
    readonly index: number;
    readonly sid?: string;
  }[];
};

export const DecodeAuthorizationMessage: Operation<'DecodeAuthorizationMessage'> = {
  resource: () => '*',
  handle: ({ EncodedMessage }, ctx) => {
    let decision: SealedDecision;
    try {
      const sealed = Buffer.from(EncodedMessage, 'base64url');
      decision = JSON.parse(
        Buffer.from(ctx.seal.open(sealed, 'sts/authorization-message')).toString(),
      ) as SealedDecision;
    } catch {
      throw new ServiceError('InvalidAuthorizationMessageException', 'Message is not valid');
    }
    return { DecodedMessage: JSON.stringify(describe(decision)) };
  },
};

/** The members that AWS's decoded messages have (STS API reference, DecodeAuthorizationMessage). */
function describe({ request, decision, statements }: SealedDecision): object {
  return {
    allowed: false,
    explicitDeny: decision === 'ExplicitlyDenied',
    matchedStatements: {
      items: statements.map(({ sid, layer, policy, index }) => ({
        statementId: sid ?? '',
        sourcePolicyType: layer,
        sourcePolicyId: policy,
        statementIndex: index,
      })),
    },
    failures: { items: [] },
    context: {
      principal: { id: first(request.context['aws:userid']), arn: request.principal },
      action: request.action,
      resource: request.resource,
      conditions: {
        items: Object.entries(request.context).flatMap(([key, values]) =>
          values === undefined ? [] : [{ key, values: { items: [values].flat().map((value) => ({ value })) } }],
        ),
      },
    },
  };
}

function first(value: string | readonly string[] | undefined): string {
  return (typeof value === 'string' ? value : value?.[0]) ?? '';
}
