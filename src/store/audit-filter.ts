/*
 * A Bloom filter over look-up terms (B. H. Bloom, 1970): says of a term that it is certainly not there, or may be.
 *
 * It is stored sealed, so its hash needs no key; it needs to be cheap, since every term of every record goes through it. Seven probes at
 * ten bits a term: about one in a hundred absent terms seems to be there, and costs the reading of one segment.
 */
const BITS_PER_TERM = 10;
const PROBES = 7;
/** Below this a filter of few terms would be full of chance. */
const MIN_BYTES = 16;

/** @param terms distinct */
export function filterOf(terms: ReadonlySet<string>): Uint8Array {
  const filter = new Uint8Array(Math.max(MIN_BYTES, Math.ceil((terms.size * BITS_PER_TERM) / 8)));
  const bits = filter.length * 8;
  for (const term of terms) {
    let at = hashOf(term, 0x9747b28c);
    const step = hashOf(term, 0x2545f491) | 1;
    for (let probe = 0; probe < PROBES; probe++) {
      const bit = at % bits;
      filter[bit >>> 3] = (filter[bit >>> 3] ?? 0) | (1 << (bit & 7));
      at = (at + step) >>> 0;
    }
  }
  return filter;
}

/** False: the term is not among those that the filter was made of. */
export function mayContain(filter: Uint8Array, term: string): boolean {
  const bits = filter.length * 8;
  let at = hashOf(term, 0x9747b28c);
  const step = hashOf(term, 0x2545f491) | 1;
  for (let probe = 0; probe < PROBES; probe++) {
    const bit = at % bits;
    if (((filter[bit >>> 3] ?? 0) & (1 << (bit & 7))) === 0) return false;
    at = (at + step) >>> 0;
  }
  return true;
}

/** FNV-1a over the UTF-16 units, then mixed so that every bit of the text reaches every bit of the answer. 32 bits, unsigned. */
function hashOf(text: string, seed: number): number {
  let hash = seed;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
