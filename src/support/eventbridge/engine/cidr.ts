import { addressOf, blockContains, blockOf } from '#identity/iam/engine/conditions/ip-block.ts';
import { PatternError } from './pattern-json.ts';

/** Whether a text is an address of a block such as `10.0.0.0/24` or `2001:db8::/32`. @throws PatternError with AWS's reasons */
export function compileCidr(text: string, at: number): (text: string) => boolean {
  const [host = '', bits, ...more] = text.split('/');
  if (bits === undefined || more.length > 0) throw new PatternError("Malformed CIDR, one '/' required", at);
  const address = addressOf(host);
  if (address === undefined) throw new PatternError(`Nonstandard IP address: ${host}`, at);
  if (!/^-?\d{1,9}$/.test(bits)) throw new PatternError('Malformed CIDR, mask bits must be an integer', at);
  if (Number(bits) < 0) throw new PatternError('Malformed CIDR, mask bits must not be negative', at);
  const block = blockOf(text);
  if (block === undefined) {
    const [version, most] = host.includes(':') ? ['IPv6', 128] : ['IPv4', 32];
    throw new PatternError(`${version} mask bits must be at most ${most}`, at);
  }
  return (value) => {
    const candidate = addressOf(value);
    return candidate !== undefined && blockContains(block, candidate);
  };
}
