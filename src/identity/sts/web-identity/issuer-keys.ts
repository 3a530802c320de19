import { fetchJson } from './fetch-json.ts';
import type { PublishedKey } from './json-web-token.ts';

/** An issuer as IAM's provider names it. */
export type Issuer = { readonly url: string; readonly thumbprints: readonly string[] };

type Fetch = typeof fetchJson;
type KeySet = { readonly keys: readonly PublishedKey[]; readonly fetchedAt: number };

/** Keys are asked for again after an hour, so that withdrawn ones end. */
const maxAgeMs = 3_600_000;
/** A token with an unknown key may come after a rotation; made-up key ids must not become a stream of requests to the issuer. */
const minAgeMs = 30_000;
/** An issuer that failed is left alone this long: anybody may call, and each call must not become a request. */
const failureMs = 5_000;
const maxIssuers = 500;
const maxKeys = 100;

/** The keys that issuers publish (OpenID Connect Discovery 1.0), remembered for a while. */
export class IssuerKeys {
  readonly #fetch: Fetch;
  readonly #known = new Map<string, Promise<KeySet>>();
  readonly #failed = new Map<string, { readonly at: number; readonly error: unknown }>();

  constructor(fetch: Fetch = fetchJson) {
    this.#fetch = fetch;
  }

  /**
   * The keys that may have signed a token: the one it names, or all when it names none.
   *
   * @param now ms since the epoch
   * @throws Error when the issuer cannot be asked
   */
  async candidates(issuer: Issuer, keyId: string | undefined, now: number): Promise<readonly PublishedKey[]> {
    const known = await this.#keySet(issuer, now, maxAgeMs);
    const found = matching(known.keys, keyId);
    if (found.length > 0) return found;
    return matching((await this.#keySet(issuer, now, minAgeMs)).keys, keyId);
  }

  async #keySet(issuer: Issuer, now: number, maxAge: number): Promise<KeySet> {
    // A provider with other thumbprints trusts other certificates.
    const name = [issuer.url, ...issuer.thumbprints].join(' ');
    const pending = this.#known.get(name);
    const known = await pending;
    if (known !== undefined && now - known.fetchedAt < maxAge) return known;
    // Somebody else may have begun to ask meanwhile.
    const begun = this.#known.get(name);
    if (begun !== undefined && begun !== pending) return begun;
    const usable = known !== undefined && now - known.fetchedAt < maxAgeMs ? known : undefined;
    const failed = this.#failed.get(name);
    if (failed !== undefined && now - failed.at < failureMs) {
      if (usable !== undefined) return usable;
      throw failed.error;
    }
    if (this.#known.size >= maxIssuers) this.#known.clear();
    if (this.#failed.size >= maxIssuers) this.#failed.clear();
    const asked = this.#ask(issuer, now).catch((error: unknown) => {
      this.#failed.set(name, { at: now, error });
      // Keys that are not too old outlive a failure to ask for newer ones.
      if (usable !== undefined) return usable;
      if (this.#known.get(name) === asked) this.#known.delete(name);
      throw error;
    });
    this.#known.set(name, asked);
    return asked;
  }

  async #ask({ url, thumbprints }: Issuer, now: number): Promise<KeySet> {
    const discovery = await this.#fetch(`${url.replace(/\/$/, '')}/.well-known/openid-configuration`, thumbprints);
    const { jwks_uri: address, issuer } = discovery;
    if (typeof address !== 'string') throw new Error(`\`${url}\` names no jwks_uri`);
    if (
      issuer !== undefined &&
      issuer !== url &&
      issuer !== `${url.replace(/\/$/, '')}/` &&
      issuer !== url.replace(/\/$/, '')
    ) {
      throw new Error(`\`${url}\` describes another issuer`);
    }
    // Plain http serves an issuer on this host; no issuer leads elsewhere on it.
    if (!address.startsWith('https:') && new URL(address).origin !== new URL(url).origin)
      throw new Error(`\`${address}\` is neither https nor the issuer's`);
    const { keys } = await this.#fetch(address, thumbprints);
    if (!Array.isArray(keys)) throw new Error(`\`${address}\` has no keys`);
    return { keys: keys.slice(0, maxKeys) as readonly PublishedKey[], fetchedAt: now };
  }
}

function matching(keys: readonly PublishedKey[], keyId: string | undefined): readonly PublishedKey[] {
  return keyId === undefined ? keys : keys.filter(({ kid }) => kid === keyId);
}
