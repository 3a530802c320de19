import type { Context } from '#runtime/context.ts';
import { generateMaterial } from './crypto/material.ts';
import { serviceOfAlias } from './engine/alias-names.ts';
import { managedKeyPolicy } from './engine/key-policy.ts';
import { startSchedule } from './engine/rotation.ts';
import { aliases, type KeyRow, keys } from './records.ts';
import { scheduleRotation } from './rotation-job.ts';

/** Services whose AWS managed key comes into being with its first use. */
const services: Readonly<Record<string, string>> = {
  acm: 'Default key that protects my ACM private keys when no other key is defined',
  backup: 'Default key that protects my Backup data when no other key is defined',
  dynamodb: 'Default key that protects my DynamoDB data when no other key is defined',
  ebs: 'Default key that protects my EBS volumes when no other key is defined',
  ecr: 'Default key that protects my ECR repositories when no other key is defined',
  lambda: 'Default key that protects my Lambda functions when no other key is defined',
  rds: 'Default key that protects my RDS database volumes when no other key is defined',
  s3: 'Default key that protects my S3 objects when no other key is defined',
  secretsmanager: 'Default key that protects my Secrets Manager secrets when no other key is defined',
  sns: 'Default key that protects my SNS data when no other key is defined',
  sqs: 'Default key that protects my SQS messages when no other key is defined',
  ssm: 'Default key that protects my SSM parameters when no other key is defined',
};

/**
 * The AWS managed key that `alias/aws/<service>` will point to. Its id follows from account, Region and service, so that the request
 * that brings it into being can be authorised before anything is written.
 *
 * @returns undefined where a request does not create one: other aliases, and direct calls other than DescribeKey
 */
export function expectedManagedKey(ctx: Context, alias: string): KeyRow | undefined {
  const service = serviceOfAlias(alias);
  const description = service === undefined ? undefined : services[service];
  if (service === undefined || description === undefined) return undefined;
  if (ctx.calledVia.length === 0 && ctx.operation !== 'DescribeKey') return undefined;
  const host = `${service === 'ebs' ? 'ec2' : service}.${ctx.region}.amazonaws.com`;
  return {
    keyId: uuidOf(ctx.seal.mac(`${ctx.account}|${ctx.region}|${service}`, 'kms/managed-key')),
    account: ctx.account,
    region: ctx.region,
    spec: 'SYMMETRIC_DEFAULT',
    usage: 'ENCRYPT_DECRYPT',
    origin: 'AWS_KMS',
    manager: 'AWS',
    description,
    created: ctx.now,
    enabled: true,
    policy: managedKeyPolicy(ctx.account, service, host),
    tags: {},
    aliases: [alias],
    grants: 0,
    materials: [],
    // AWS managed keys rotate every year, whatever anybody sets.
    schedule: startSchedule(ctx.now),
    onDemandRotations: 0,
    multiRegion: undefined,
    deletion: undefined,
  };
}

export async function createManagedKey(ctx: Context, expected: KeyRow): Promise<KeyRow> {
  const material = await generateMaterial(ctx.seal, expected, ctx.random);
  const row: KeyRow = { ...expected, materials: [{ ...material, state: 'CURRENT' }] };
  ctx.records.create(keys, row.keyId, row);
  for (const alias of row.aliases)
    ctx.records.create(aliases, alias, { keyId: row.keyId, created: ctx.now, updated: ctx.now });
  scheduleRotation(ctx, row);
  return row;
}

function uuidOf(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes.subarray(0, 16)).toString('hex');
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return parts.join('-');
}
