import { createHash, createPublicKey } from 'node:crypto';

/** An RSA public key as OpenSSH writes it. */
export type SshKey = {
  /** `ssh-rsa AAAA…` without comment. */
  readonly openssh: string;
  /** MD5 of the key's binary form, as `ssh-keygen -E md5` shows it: `0a:1b:…`. */
  readonly fingerprint: string;
};

/** Shorter RSA keys are not taken. */
const minBits = 2_048;
/** Longer ones are no keys, but work for the parser. */
const maxBits = 16_384;

/**
 * Reads an RSA public key in OpenSSH's one-line form or as PEM (`PUBLIC KEY` or `RSA PUBLIC KEY`).
 *
 * @returns `encoding` when the text is neither, `key` when it is a key that is not taken: too short, or not RSA
 */
export function readSshKey(text: string): SshKey | { readonly fault: 'encoding' | 'key' } {
  const trimmed = text.trim();
  if (trimmed.startsWith('-----BEGIN ')) return readPem(trimmed);
  const match = /^ssh-rsa ([A-Za-z0-9+/]+={0,2})(?:[ \t][^\n]*)?$/.exec(trimmed);
  if (match === null) return { fault: 'encoding' };
  const fields = fieldsOf(Buffer.from(match[1] ?? '', 'base64'));
  const [type, exponent, modulus] = fields ?? [];
  if (
    type?.toString('latin1') !== 'ssh-rsa' ||
    exponent === undefined ||
    modulus === undefined ||
    fields?.length !== 3
  ) {
    return { fault: 'encoding' };
  }
  return keyOf(exponent, modulus);
}

/** The same key as PEM. */
export function sshKeyPem(openssh: string): string {
  const [, exponent = Buffer.alloc(0), modulus = Buffer.alloc(0)] =
    fieldsOf(Buffer.from(openssh.split(' ')[1] ?? '', 'base64')) ?? [];
  const jwk = { kty: 'RSA', e: unsigned(exponent).toString('base64url'), n: unsigned(modulus).toString('base64url') };
  return createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' }).toString();
}

function readPem(text: string): SshKey | { readonly fault: 'encoding' | 'key' } {
  // A private key would be read too: it must not come in under the name of a public one.
  if (!/^-----BEGIN (RSA )?PUBLIC KEY-----\n/.test(text.replaceAll('\r\n', '\n'))) return { fault: 'encoding' };
  try {
    const { kty, e = '', n = '' } = createPublicKey(text).export({ format: 'jwk' });
    if (kty !== 'RSA') return { fault: 'key' };
    return keyOf(Buffer.from(e, 'base64url'), Buffer.from(n, 'base64url'));
  } catch {
    return { fault: 'encoding' };
  }
}

function keyOf(exponent: Buffer, modulus: Buffer): SshKey | { readonly fault: 'key' } {
  const n = unsigned(modulus);
  const e = unsigned(exponent);
  const bits = n.length * 8 - Math.clz32(n[0] ?? 0) + 24;
  if (bits < minBits || bits > maxBits || e.length === 0 || e.length > 8) return { fault: 'key' };
  const blob = Buffer.concat([field(Buffer.from('ssh-rsa')), field(signed(e)), field(signed(n))]);
  const digest = createHash('md5').update(blob).digest('hex');
  return { openssh: `ssh-rsa ${blob.toString('base64')}`, fingerprint: digest.replace(/..(?!$)/g, '$&:') };
}

/** Length-prefixed fields (RFC 4251 §5); undefined when a length runs over the end. */
function fieldsOf(blob: Buffer): readonly Buffer[] | undefined {
  const fields: Buffer[] = [];
  for (let at = 0; at < blob.length; ) {
    if (at + 4 > blob.length) return undefined;
    const end = at + 4 + blob.readUInt32BE(at);
    if (end > blob.length) return undefined;
    fields.push(blob.subarray(at + 4, end));
    at = end;
  }
  return fields;
}

function field(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function unsigned(bytes: Buffer): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  return first === -1 ? Buffer.alloc(0) : bytes.subarray(first);
}

/** Numbers are signed on the wire: a leading zero keeps a high bit from making one negative. */
function signed(bytes: Buffer): Buffer {
  return ((bytes[0] ?? 0) & 0x80) === 0 ? bytes : Buffer.concat([Buffer.alloc(1), bytes]);
}
