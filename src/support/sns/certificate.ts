import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { bitString, der, integer, nothing, objectId, octetString, sequence, set, time, utf8, yes } from './der.ts';

const sha256WithRsa = sequence(objectId('1.2.840.113549.1.1.11'), nothing);

/** A self-signed X.509 certificate (RFC 5280) for a key that signs. Times in ms since the epoch; `serial` is 16 random bytes. */
export type CertificateRequest = {
  /** PKCS #8, PEM. */
  readonly privateKey: string;
  readonly commonName: string;
  readonly serial: Uint8Array;
  readonly from: number;
  readonly until: number;
};

/** @returns PEM */
export function selfSigned({ privateKey, commonName, serial, from, until }: CertificateRequest): string {
  const key = createPrivateKey(privateKey);
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const name = sequence(set(sequence(objectId('2.5.4.3'), utf8(commonName))));
  const digitalSignature = octetString(der(0x03, Uint8Array.of(7, 0x80)));
  const extensions = sequence(
    sequence(objectId('2.5.29.19'), yes, octetString(sequence())),
    sequence(objectId('2.5.29.15'), yes, digitalSignature),
  );
  const positive = Uint8Array.from(serial);
  positive[0] = ((positive[0] ?? 0) & 0x7f) | 0x40;
  const body = sequence(
    der(0xa0, integer(Uint8Array.of(2))),
    integer(positive),
    sha256WithRsa,
    name,
    sequence(time(from), time(until)),
    name,
    publicKey,
    der(0xa3, extensions),
  );
  const certificate = sequence(body, sha256WithRsa, bitString(sign('sha256', body, key)));
  const lines =
    Buffer.from(certificate)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
