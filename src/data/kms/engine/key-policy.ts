import type { Policy } from '#identity/iam/engine/engine.ts';

/** The only policy name there is. */
export const POLICY_NAME = 'default';

/** Key policies hold at most 32 KB (service quota "Key policy document size"). */
export const MAX_POLICY_BYTES = 32_768;

/**
 * The policy of a key created without one: the account may do everything, so IAM policies of the account decide.
 * Source: KMS developer guide, "Default key policy".
 */
export function defaultKeyPolicy(account: string): string {
  return JSON.stringify(
    {
      Version: '2012-10-17',
      Id: 'key-default-1',
      Statement: [
        {
          Sid: 'Enable IAM User Permissions',
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${account}:root` },
          Action: 'kms:*',
          Resource: '*',
        },
      ],
    },
    null,
    2,
  );
}

/**
 * The policy of an AWS managed key: everybody in the account, through the owning service only; the account may look at it.
 *
 * @param service the part after `alias/aws/`
 * @param host what `kms:ViaService` says, for example `ssm.eu-west-1.amazonaws.com`
 */
export function managedKeyPolicy(account: string, service: string, host: string): string {
  return JSON.stringify(
    {
      Version: '2012-10-17',
      Id: `auto-${service}-1`,
      Statement: [
        {
          Sid: `Allow access through ${service} for all principals in the account that are authorized to use ${service}`,
          Effect: 'Allow',
          Principal: { AWS: '*' },
          Action: [
            'kms:Encrypt',
            'kms:Decrypt',
            'kms:ReEncrypt*',
            'kms:GenerateDataKey*',
            'kms:CreateGrant',
            'kms:DescribeKey',
          ],
          Resource: '*',
          Condition: { StringEquals: { 'kms:ViaService': host, 'kms:CallerAccount': account } },
        },
        {
          Sid: 'Allow direct access to key metadata to the account',
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${account}:root` },
          Action: ['kms:Describe*', 'kms:Get*', 'kms:List*', 'kms:RevokeGrant'],
          Resource: '*',
        },
      ],
    },
    null,
    2,
  );
}

/**
 * Does the policy leave kms:PutKeyPolicy to the account, without conditions? Then nobody is locked out: the account's root, and whoever
 * IAM allows, can change it. Statements by exclusion (NotPrincipal, NotAction) do not count, they are left to the full decision.
 */
export function delegatesToAccount({ statements }: Policy, account: string): boolean {
  const applies = statements.filter(({ actions }) => actions.negated || actions.patterns.some(coversPutKeyPolicy));
  if (applies.some(({ effect }) => effect === 'Deny')) return false;
  const names = [account, `arn:aws:iam::${account}:root`];
  return applies.some(({ actions, conditions, principals }) => {
    if (actions.negated || conditions.length > 0 || principals === undefined || principals.negated) return false;
    return principals.anyone || principals.aws.some((name) => names.includes(name));
  });
}

function coversPutKeyPolicy(action: string): boolean {
  const pattern = action.toLowerCase();
  if (pattern === '*' || pattern === 'kms:putkeypolicy') return true;
  return pattern.indexOf('*') === pattern.length - 1 && 'kms:putkeypolicy'.startsWith(pattern.slice(0, -1));
}
