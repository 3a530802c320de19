import type { KeySpec, SigningAlgorithm } from '../engine/key-specs.ts';

/** A short Weierstrass curve as OpenSSL and JWK name it, with the numbers that digest signatures need (SEC 2, FIPS 186-5). */
export type Curve = {
  readonly openssl: string;
  readonly jwk: string;
  /** DER of the named-curve object identifier. */
  readonly oid: string;
  /** Bytes of a coordinate and of a scalar. */
  readonly bytes: number;
  /** Field prime and group order. */
  readonly p: bigint;
  readonly n: bigint;
  readonly hash: string;
  readonly algorithm: SigningAlgorithm;
};

export type CurveSpec = Extract<KeySpec, 'ECC_NIST_P256' | 'ECC_NIST_P384' | 'ECC_NIST_P521' | 'ECC_SECG_P256K1'>;

export const curves: Readonly<Record<CurveSpec, Curve>> = {
  ECC_NIST_P256: {
    openssl: 'prime256v1',
    jwk: 'P-256',
    oid: '06082a8648ce3d030107',
    bytes: 32,
    p: 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn,
    n: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
    hash: 'sha256',
    algorithm: 'ECDSA_SHA_256',
  },
  ECC_NIST_P384: {
    openssl: 'secp384r1',
    jwk: 'P-384',
    oid: '06052b81040022',
    bytes: 48,
    p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    n: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
    hash: 'sha384',
    algorithm: 'ECDSA_SHA_384',
  },
  ECC_NIST_P521: {
    openssl: 'secp521r1',
    jwk: 'P-521',
    oid: '06052b81040023',
    bytes: 66,
    p: 2n ** 521n - 1n,
    n: 0x01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
    hash: 'sha512',
    algorithm: 'ECDSA_SHA_512',
  },
  ECC_SECG_P256K1: {
    openssl: 'secp256k1',
    jwk: 'secp256k1',
    oid: '06052b8104000a',
    bytes: 32,
    p: 2n ** 256n - 2n ** 32n - 977n,
    n: 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n,
    hash: 'sha256',
    algorithm: 'ECDSA_SHA_256',
  },
};

export function isCurveSpec(spec: KeySpec): spec is CurveSpec {
  return Object.hasOwn(curves, spec);
}
