import { createPrivateKey, generateKeyPair, type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import type { Context } from '#runtime/context.ts';
import { slot } from '#runtime/slot.ts';
import type { Store } from '#store/store.ts';
import { selfSigned } from './certificate.ts';
import { type Notice, type Sealed, type SignatureVersion, signedText } from './engine/notification.ts';
import { certificatePath, certificateUrl } from './links.ts';
import { type SigningKeyRow, signingKeys } from './records.ts';

const dayMs = 24 * 3_600_000;
/** Certificates are valid this long, and replaced a month before. Those that were replaced stay readable. */
const validMs = 3_650 * dayMs;
const renewMs = 30 * dayMs;
const current = 'current';
const makeKeys = promisify(generateKeyPair);
const signAsync = promisify(sign);

type SigningKey = { readonly id: string; readonly key: KeyObject; readonly until: number };

/** The key that this process has opened. */
const opened = slot((): { key: SigningKey | undefined } => ({ key: undefined }));

/** Signs what a subscriber gets. Version 1 is SHA-1, as AWS's is; version 2 SHA-256. */
export async function sealed(ctx: Context, notice: Notice, version: SignatureVersion): Promise<Sealed> {
  const { id, key } = await signingKey(ctx);
  const digest = version === '2' ? 'sha256' : 'sha1';
  const signature = (await signAsync(digest, Buffer.from(signedText(notice)), key)).toString('base64');
  return { version, signature, certificateUrl: certificateUrl(ctx, id) };
}

async function signingKey(ctx: Context): Promise<SigningKey> {
  const held = ctx.local(opened);
  if (held.key !== undefined && held.key.until > ctx.now) return held.key;
  const row = await ctx.records.get(signingKeys, current);
  if (row !== undefined && row.until > ctx.now) {
    held.key = open(ctx, row);
    return held.key;
  }
  // Not remembered before it is committed: another process may make one at the same time.
  const made = await ctx.once('sns/signing-key', () => make(ctx));
  ctx.records.put(signingKeys, current, made);
  ctx.records.create(signingKeys, made.id, made);
  return open(ctx, made);
}

async function make(ctx: Context): Promise<SigningKeyRow> {
  const { privateKey } = await makeKeys('rsa', { modulusLength: 2_048 });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const id = Buffer.from(ctx.random(16)).toString('hex');
  const certificate = selfSigned({
    privateKey: pem,
    commonName: 'sns.amazonaws.com',
    serial: ctx.random(16),
    from: ctx.now - dayMs,
    until: ctx.now + validMs,
  });
  const sealedKey = Buffer.from(ctx.seal.seal(Buffer.from(pem), sealContext(id))).toString('base64');
  return { id, sealedKey, certificate, until: ctx.now + validMs - renewMs };
}

function open(ctx: Context, { id, sealedKey, until }: SigningKeyRow): SigningKey {
  const pem = ctx.seal.open(Buffer.from(sealedKey, 'base64'), sealContext(id));
  return { id, key: createPrivateKey(Buffer.from(pem)), until };
}

function sealContext(id: string): string {
  return `sns/signing-key|${id}`;
}

/**
 * The certificate at a public path: `/_ringwall/sns/SimpleNotificationService-ID.pem`, for `SigningCertURL`.
 *
 * @returns PEM; undefined for other paths
 */
export function publishedCertificates(store: Store): (path: string) => Promise<string | undefined> {
  return async (path) => {
    if (!path.startsWith(certificatePath)) return undefined;
    const [, id] = /^([0-9a-f]{32})\.pem$/.exec(path.slice(certificatePath.length)) ?? [];
    if (id === undefined) return undefined;
    const row = await store.get<SigningKeyRow>({ collection: signingKeys.name, account: '', region: '', id });
    return row?.value.certificate;
  };
}
