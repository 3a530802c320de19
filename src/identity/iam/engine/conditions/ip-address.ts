import { addressOf, blockContains, blockOf } from './ip-block.ts';
import type { Operator } from './operator.ts';

/** Address in a CIDR block, IPv4 or IPv6; without a prefix length the one address. Variables are not supported. */
export const ipAddress: Operator = {
  name: 'IpAddress',
  negated: false,
  compile: (value) => {
    const block = blockOf(value);
    if (block === undefined) return undefined;
    return (text) => {
      const address = addressOf(text);
      return address !== undefined && blockContains(block, address);
    };
  },
};
