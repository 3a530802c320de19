import { createHash, createPublicKey, generateKeyPair, sign } from 'node:crypto';
import { promisify } from 'node:util';
import type { Context } from '#runtime/context.ts';
import { type SigningKeyRow, signingKeys } from './records.ts';

/** A key signs for a year, and is shown as valid a little longer: what it signed last is checked afterwards. */
const validMs = 400 * 86_400_000;
const renewMs = 365 * 86_400_000;
/** Digests are signed with RSA of this size (CloudTrail user guide, "Validating CloudTrail log file integrity"). */
const bits = 2048;

const generate = promisify(generateKeyPair);

/** The key that signs the digests of a Region now; made where there is none yet, or the last one is old. */
export async function ensureSigningKey(ctx: Context, region: string): Promise<SigningKeyRow> {
  const [newest] = await ctx.records.list(signingKeys, { prefix: `${region}/`, reverse: true, limit: 1 });
  if (newest !== undefined && newest.value.from + renewMs > ctx.now) return newest.value;
  const row = await ctx.once(`signing key ${region}`, () => newKey(ctx.now));
  ctx.records.create(signingKeys, keyId(region, row.from), row);
  return row;
}

/** Keys of a Region that were valid at some time between two. */
export async function signingKeysIn(ctx: Context, from: number, to: number): Promise<readonly SigningKeyRow[]> {
  const listed = await ctx.records.list(signingKeys, { prefix: `${ctx.region}/` });
  return listed.map(({ value }) => value).filter((key) => key.from <= to && key.to >= from);
}

/** SHA256withRSA, PKCS #1 v1.5; hexadecimal. */
export function signText(key: SigningKeyRow, text: string): string {
  const privateKey = { key: Buffer.from(key.privateKey, 'base64'), format: 'der', type: 'pkcs8' } as const;
  return sign('sha256', Buffer.from(text), privateKey).toString('hex');
}

async function newKey(now: number): Promise<SigningKeyRow> {
  const { privateKey } = await generate('rsa', { modulusLength: bits });
  const der = createPublicKey(privateKey).export({ format: 'der', type: 'pkcs1' });
  return {
    privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
    publicKey: der.toString('base64'),
    // A name, not a proof: AWS's fingerprints are of this length.
    fingerprint: createHash('md5').update(der).digest('hex'),
    from: now,
    to: now + validMs,
  };
}

function keyId(region: string, from: number): string {
  return `${region}/${String(from).padStart(15, '0')}`;
}
