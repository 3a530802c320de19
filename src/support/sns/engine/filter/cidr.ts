import { addressOf, blockContains, blockOf } from '#identity/iam/engine/conditions/ip-block.ts';
import { FilterError } from './json.ts';

/** Whether a text is an address of a block such as `10.0.0.0/24` or `2001:db8::/32`. @throws FilterError with AWS's reasons */
export function compileCidr(text: string): (text: string) => boolean {
  const [host = '', bits, ...more] = text.split('/');
  if (bits === undefined || more.length > 0) throw new FilterError("Malformed CIDR, one '/' required");
  const address = addressOf(host);
  if (address === undefined) throw new FilterError(`Nonstandard IP address: ${host}`);
  if (!/^-?\d{1,9}$/.test(bits)) throw new FilterError('Malformed CIDR, mask bits must be an integer');
  if (Number(bits) < 0) throw new FilterError('Malformed CIDR, mask bits must not be negative');
  const block = blockOf(text);
  if (block === undefined) {
    const [version, most] = host.includes(':') ? ['IPv6', 128] : ['IPv4', 32];
    throw new FilterError(`${version} mask bits must be at most ${most}`);
  }
  return (value) => {
    const candidate = addressOf(value);
    return candidate !== undefined && blockContains(block, candidate);
  };
}
