/**
 * IP addresses and CIDR blocks, IPv4 and IPv6 (RFC 4291, 4632).
 *
 * An IPv4 address written as IPv6 (`::ffff:192.0.2.1`) is the IPv4 address: a client must not leave a block by its spelling.
 */

/** One 32-bit word for IPv4, four for IPv6. */
export type Address = readonly number[];
export type Block = { readonly network: Address; readonly bits: number };

/** @returns undefined when the text is no address */
export function addressOf(text: string): Address | undefined {
  if (!text.includes(':')) {
    const word = ipv4Of(text);
    return word === undefined ? undefined : [word];
  }
  const words = ipv6Of(text);
  if (words !== undefined && words[0] === 0 && words[1] === 0 && words[2] === 0xffff) return [words[3] ?? 0];
  return words;
}

/** `203.0.113.0/24`, `2001:db8::/32`, or one address. Bits beyond the prefix are ignored, as AWS does. */
export function blockOf(text: string): Block | undefined {
  const slash = text.indexOf('/');
  const network = addressOf(slash === -1 ? text : text.slice(0, slash));
  if (network === undefined) return undefined;
  const width = network.length * 32;
  const bits = slash === -1 ? width : prefixOf(text.slice(slash + 1));
  // A block written in mapped form counts its bits from the IPv6 end.
  const own = bits !== undefined && slash !== -1 && width === 32 && text.includes(':') ? bits - 96 : bits;
  return own === undefined || own < 0 || own > width ? undefined : { network, bits: own };
}

/** Blocks and addresses of different versions have nothing in common. */
export function blockContains(block: Block, address: Address): boolean {
  if (block.network.length !== address.length) return false;
  let left = block.bits;
  for (let index = 0; left > 0; index++, left -= 32) {
    const mask = left >= 32 ? -1 : ~(-1 >>> left);
    if ((((block.network[index] ?? 0) ^ (address[index] ?? 0)) & mask) !== 0) return false;
  }
  return true;
}

function prefixOf(text: string): number | undefined {
  if (text.length === 0 || text.length > 3) return undefined;
  const value = decimal(text);
  return value === undefined || value > 128 ? undefined : value;
}

function decimal(text: string): number | undefined {
  let value = 0;
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return value;
}

function ipv4Of(text: string): number | undefined {
  if (text.length > 15) return undefined;
  let word = 0;
  let value = -1;
  let dots = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x2e) {
      if (value < 0 || ++dots > 3) return undefined;
      word = (word << 8) | value;
      value = -1;
      continue;
    }
    const digit = code - 0x30;
    if (digit < 0 || digit > 9 || value === 0) return undefined; // a leading zero would be octal to some
    value = value < 0 ? digit : value * 10 + digit;
    if (value > 255) return undefined;
  }
  return dots === 3 && value >= 0 ? ((word << 8) | value) >>> 0 : undefined;
}

function ipv6Of(text: string): Address | undefined {
  if (text.length > 45) return undefined;
  const gap = text.indexOf('::');
  if (gap === -1) return wordsOf(groupsOf(text) ?? []);
  if (text.indexOf('::', gap + 1) !== -1) return undefined;
  const head = gap === 0 ? [] : groupsOf(text.slice(0, gap));
  const tail = gap + 2 === text.length ? [] : groupsOf(text.slice(gap + 2));
  if (head === undefined || tail === undefined || head.length + tail.length > 7) return undefined;
  return wordsOf([...head, ...new Array<number>(8 - head.length - tail.length).fill(0), ...tail]);
}

function groupsOf(text: string): readonly number[] | undefined {
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (part.includes('.')) {
      const word = index === parts.length - 1 ? ipv4Of(part) : undefined;
      if (word === undefined) return undefined;
      groups.push(word >>> 16, word & 0xffff);
    } else {
      const group = hexadecimal(part);
      if (group === undefined) return undefined;
      groups.push(group);
    }
  }
  return groups;
}

/** One to four digits. */
function hexadecimal(text: string): number | undefined {
  if (text.length === 0 || text.length > 4) return undefined;
  let value = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const letter = code | 0x20;
    const digit = code >= 0x30 && code <= 0x39 ? code - 0x30 : letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
    if (digit < 0) return undefined;
    value = value * 16 + digit;
  }
  return value;
}

function wordsOf(groups: readonly number[]): Address | undefined {
  if (groups.length !== 8) return undefined;
  const words: number[] = [];
  for (let index = 0; index < 8; index += 2) {
    words.push((((groups[index] ?? 0) << 16) | (groups[index + 1] ?? 0)) >>> 0);
  }
  return words;
}
