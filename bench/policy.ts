// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables look like template placeholders
import type { PolicyKind } from '#identity/iam/engine/document/policy.ts';
import { compile, decide, NO_POLICIES, type PolicySets, readPolicy } from '#identity/iam/engine/engine.ts';
import type { AuthorizationRequest } from '#identity/iam/engine/request.ts';
import { median, type Row } from './row.ts';

/** Decisions per CPU-second of the policy engine. */

type Case = { readonly request: AuthorizationRequest; readonly policies: PolicySets };

const ACCOUNT = '111122223333';

function policy(statements: readonly object[], kind: PolicyKind, name: string) {
  const reading = readPolicy({ Version: '2012-10-17', Statement: statements });
  if (!reading.ok) throw new Error(`INVARIANT: the benchmark's policy \`${name}\` reads`);
  return compile(reading.policy, { kind, name });
}

const allow = (action: unknown, resource: unknown, condition: object = {}) => ({
  Effect: 'Allow',
  Action: action,
  Resource: resource,
  Condition: condition,
});
const deny = (action: unknown, resource: unknown, condition: object = {}) => ({
  ...allow(action, resource, condition),
  Effect: 'Deny',
});

/** Five identity policies of the size people attach, and SCPs on three levels. */
function workload(): PolicySets {
  const identity = [
    policy(
      [
        allow(['s3:GetObject', 's3:PutObject'], ['arn:aws:s3:::app-data/*', 'arn:aws:s3:::app-logs/*']),
        allow('s3:ListBucket', 'arn:aws:s3:::app-data', {
          StringLike: { 's3:prefix': ['home/${aws:username}/*', 'public/*'] },
        }),
      ],
      'identity',
      'storage',
    ),
    policy(
      [allow(['ec2:Describe*', 'ec2:Get*'], '*'), allow('ec2:StartInstances', 'arn:aws:ec2:*:*:instance/*')],
      'identity',
      'compute',
    ),
    policy(
      [
        allow(['kms:Decrypt', 'kms:GenerateDataKey*'], `arn:aws:kms:*:${ACCOUNT}:key/*`, {
          StringEquals: { 'kms:ViaService': 's3.us-east-1.amazonaws.com' },
        }),
        allow(['ssm:GetParameter*'], `arn:aws:ssm:*:${ACCOUNT}:parameter/app/*`),
      ],
      'identity',
      'keys',
    ),
    policy(
      [allow('iam:*AccessKey*', 'arn:aws:iam::*:user/${aws:username}'), allow(['iam:Get*', 'iam:List*'], '*')],
      'identity',
      'self-service',
    ),
    policy(
      [deny('*', '*', { Bool: { 'aws:SecureTransport': 'false' } }), deny('s3:DeleteBucket*', '*')],
      'identity',
      'guard',
    ),
  ];
  const everything = policy([allow('*', '*')], 'scp', 'FullAWSAccess');
  const regions = policy(
    [
      {
        Effect: 'Deny',
        NotAction: ['iam:*', 'sts:*', 'organizations:*'],
        Resource: '*',
        Condition: { StringNotEquals: { 'aws:RequestedRegion': ['us-east-1', 'eu-west-1'] } },
      },
    ],
    'scp',
    'regions',
  );
  const keep = policy(
    [deny(['cloudtrail:StopLogging', 'cloudtrail:DeleteTrail', 'organizations:LeaveOrganization'], '*')],
    'scp',
    'keep',
  );
  return {
    ...NO_POLICIES,
    identity,
    scps: [
      { target: 'r-root', policies: [everything] },
      { target: 'ou-apps', policies: [everything, regions] },
      { target: ACCOUNT, policies: [everything, keep] },
    ],
  };
}

function context(extra: Record<string, string> = {}): AuthorizationRequest['context'] {
  return {
    'aws:username': 'ann',
    'aws:userid': 'AIDAEXAMPLE',
    'aws:PrincipalArn': `arn:aws:iam::${ACCOUNT}:user/ann`,
    'aws:PrincipalAccount': ACCOUNT,
    'aws:SourceIp': '192.0.2.10',
    'aws:SecureTransport': 'true',
    'aws:RequestedRegion': 'us-east-1',
    'aws:CurrentTime': '2026-11-23T12:00:00Z',
    ...extra,
  };
}

const user = `arn:aws:iam::${ACCOUNT}:user/ann`;

/** One call on many objects of a bucket. */
function simple(policies: PolicySets): readonly Case[] {
  return Array.from({ length: 256 }, (_, index) => ({
    request: {
      principal: user,
      action: 's3:GetObject',
      resource: `arn:aws:s3:::app-data/a/b/${index}.txt`,
      resourceAccount: ACCOUNT,
      context: context(),
    },
    policies,
  }));
}

/** Allowed and denied, variables, conditions, a resource policy, a boundary and a session, as real traffic mixes them. */
function mixed(policies: PolicySets): readonly Case[] {
  const ask = (action: string, resource: string, extra: Record<string, string> = {}): AuthorizationRequest => ({
    principal: user,
    action,
    resource,
    resourceAccount: ACCOUNT,
    context: context(extra),
  });
  const bucket = policy(
    [
      {
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/app` },
        Action: 's3:GetObject',
        Resource: 'arn:aws:s3:::app-data/*',
      },
      {
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: 'arn:aws:s3:::app-data/*',
        Condition: { NotIpAddress: { 'aws:SourceIp': ['192.0.2.0/24', '2001:db8::/32'] } },
      },
    ],
    'resource',
    'bucket policy',
  );
  const boundary = policy([allow(['s3:*', 'ec2:*', 'kms:*', 'ssm:*'], '*')], 'boundary', 'boundary');
  const session = policy(
    [allow('s3:Get*', 'arn:aws:s3:::app-data/*', { DateLessThan: { 'aws:CurrentTime': '2027-01-01T00:00:00Z' } })],
    'session',
    'session',
  );
  const role: AuthorizationRequest = {
    principal: `arn:aws:sts::${ACCOUNT}:assumed-role/app/i-1`,
    action: 's3:GetObject',
    resource: 'arn:aws:s3:::app-data/x',
    resourceAccount: ACCOUNT,
    context: context({ 'aws:PrincipalArn': `arn:aws:iam::${ACCOUNT}:role/app` }),
  };
  return [
    { request: ask('s3:ListBucket', 'arn:aws:s3:::app-data', { 's3:prefix': 'home/ann/2026/' }), policies },
    { request: ask('ec2:DescribeInstances', '*'), policies },
    { request: ask('ec2:TerminateInstances', `arn:aws:ec2:us-east-1:${ACCOUNT}:instance/i-1`), policies },
    {
      request: ask('kms:Decrypt', `arn:aws:kms:us-east-1:${ACCOUNT}:key/k`, {
        'kms:ViaService': 's3.us-east-1.amazonaws.com',
      }),
      policies,
    },
    { request: ask('iam:CreateAccessKey', `arn:aws:iam::${ACCOUNT}:user/ann`), policies },
    { request: ask('s3:GetObject', 'arn:aws:s3:::app-data/x'), policies: { ...policies, resource: bucket } },
    { request: role, policies: { ...policies, resource: bucket, boundaries: [boundary], session: [session] } },
    { request: ask('s3:DeleteBucket', 'arn:aws:s3:::app-data'), policies },
  ];
}

/** CPU time of this process, in rounds of about 100 ms after two to warm up; the median counts. */
function measure(cases: readonly Case[]): Pick<Row, 'value' | 'runs' | 'unit'> {
  const rounds: number[] = [];
  for (let round = -2; round < 11; round++) {
    const before = process.cpuUsage();
    let decisions = 0;
    let spent = 0;
    while (spent < 100_000) {
      for (let repeat = 0; repeat < 100; repeat++) for (const { request, policies } of cases) decide(request, policies);
      decisions += 100 * cases.length;
      const used = process.cpuUsage(before);
      spent = used.user + used.system;
    }
    if (round >= 0) rounds.push(Math.round(decisions / (spent / 1e6)));
  }
  return { value: median(rounds), runs: rounds, unit: 'decisions/CPU-s' };
}

export async function policyRows(): Promise<Row[]> {
  const policies = workload();
  return [
    {
      name: 'policy: 5 identity policies, 3 SCP levels',
      ...measure(simple(policies)),
      floor: 150_000,
      goal: 300_000,
    },
    { name: 'policy: mixed layers', ...measure(mixed(policies)), floor: 100_000, goal: 200_000 },
  ];
}
