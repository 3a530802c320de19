import { ipAddress } from './ip-address.ts';
import { negationOf } from './operator.ts';

/** Holds when `IpAddress` does not. */
export const notIpAddress = negationOf(ipAddress, 'NotIpAddress');
