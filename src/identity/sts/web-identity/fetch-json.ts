import type { X509Certificate } from 'node:crypto';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { TLSSocket } from 'node:tls';

/** A discovery document or a key set is a few KB. */
const maxBytes = 256 * 1024;
const timeoutMs = 5_000;
const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Gets a JSON object. Redirects are not followed; plain http goes to this host alone.
 *
 * @param thumbprints SHA-1 of certificates, hex: a chain that ends in one of them is trusted beside those of the system
 * @throws Error with the reason
 */
export async function fetchJson(
  address: string,
  thumbprints: readonly string[],
): Promise<Readonly<Record<string, unknown>>> {
  const url = new URL(address);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback.has(url.hostname))) {
    throw new Error(`\`${address}\` is not https`);
  }
  const value: unknown = JSON.parse(await get(url, thumbprints));
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`\`${address}\` is no JSON object`);
  return value as Record<string, unknown>;
}

function get(url: URL, thumbprints: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = {
      method: 'GET',
      headers: { accept: 'application/json' },
      agent: false as const,
      signal: AbortSignal.timeout(timeoutMs),
    };
    const answer = (response: IncomingMessage) => {
      const fail = (reason: string) => {
        response.destroy();
        reject(new Error(`\`${url.href}\`: ${reason}`));
      };
      // Nothing secret was sent; nothing is believed before the certificate is.
      if (url.protocol === 'https:' && !isTrusted(response.socket as TLSSocket, url.hostname, thumbprints)) {
        return fail('the certificate is not trusted');
      }
      if (response.statusCode !== 200) return fail(`status ${response.statusCode}, expected 200`);
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > maxBytes) return fail(`longer than ${maxBytes} bytes`);
        chunks.push(chunk);
      });
      response.once('end', () => resolve(Buffer.concat(chunks).toString()));
      response.once('error', reject);
    };
    const request =
      url.protocol === 'https:'
        ? httpsRequest(url, { ...options, rejectUnauthorized: false }, answer)
        : httpRequest(url, options, answer);
    request.once('error', reject);
    request.end();
  });
}

/** By the system's certificates, or by a chain of sound links up to a certificate with a known thumbprint. */
function isTrusted(socket: TLSSocket, host: string, thumbprints: readonly string[]): boolean {
  if (socket.authorized) return true;
  let certificate: X509Certificate | undefined = socket.getPeerX509Certificate();
  if (certificate === undefined || certificate.checkHost(host) === undefined) return false;
  for (let links = 0; certificate !== undefined && links < 10; links += 1) {
    if (!isCurrent(certificate)) return false;
    const issuer: X509Certificate | undefined = certificate.issuerCertificate;
    const isLast = issuer === undefined || issuer.fingerprint256 === certificate.fingerprint256;
    if (isLast)
      return thumbprints.some(
        (thumbprint) => thumbprint.toUpperCase() === certificate?.fingerprint.replaceAll(':', ''),
      );
    if (!issuer.ca || !certificate.checkIssued(issuer) || !certificate.verify(issuer.publicKey)) return false;
    certificate = issuer;
  }
  return false;
}

function isCurrent({ validFromDate, validToDate }: X509Certificate): boolean {
  const now = new Date();
  return validFromDate <= now && now <= validToDate;
}
