import {
  type Acl,
  type CannedAcl,
  cannedAcl,
  cannedAcls,
  type Grant,
  granteeOf,
  type Permission,
  parseGrantHeader,
} from './engine/acl.ts';
import { invalidArgument, invalidRequest } from './errors.ts';

/** An ACL as requests carry it in headers. */
export type GrantInput = {
  readonly ACL?: string | undefined;
  readonly GrantFullControl?: string | undefined;
  readonly GrantRead?: string | undefined;
  readonly GrantReadACP?: string | undefined;
  readonly GrantWrite?: string | undefined;
  readonly GrantWriteACP?: string | undefined;
};

const headers = [
  ['GrantFullControl', 'FULL_CONTROL'],
  ['GrantRead', 'READ'],
  ['GrantReadACP', 'READ_ACP'],
  ['GrantWrite', 'WRITE'],
  ['GrantWriteACP', 'WRITE_ACP'],
] as const satisfies readonly (readonly [keyof GrantInput, Permission])[];

export function hasAcl(input: GrantInput): boolean {
  return input.ACL !== undefined || hasGrants(input);
}

export function hasGrants(input: GrantInput): boolean {
  return headers.some(([member]) => input[member] !== undefined);
}

/** The ACL that headers give. @throws ServiceError InvalidArgument, InvalidRequest */
export function aclFrom(input: GrantInput, owner: string, bucketOwner: string): Acl {
  if (input.ACL !== undefined) {
    if (hasGrants(input)) throw invalidRequest('Specifying both Canned ACLs and Header Grants is not allowed');
    if (!cannedAcls.includes(input.ACL as CannedAcl)) throw invalidArgument('', 'x-amz-acl', input.ACL);
    return cannedAcl(input.ACL as CannedAcl, owner, bucketOwner);
  }
  const grants = headers.flatMap(([member, permission]) => grantsIn(input[member], permission));
  return { owner, grants };
}

function grantsIn(text: string | undefined, permission: Permission): readonly Grant[] {
  if (text === undefined) return [];
  const entries = parseGrantHeader(text);
  if (entries === undefined) throw invalidArgument('Argument format not recognized', 'x-amz-grant', text);
  return entries.map(([kind, value]) => {
    if (kind !== 'id' && kind !== 'uri')
      throw invalidArgument('The grantee must be given by id or uri', 'x-amz-grant', `${kind}="${value}"`);
    const grantee = granteeOf(kind, value);
    if ('message' in grantee) throw invalidArgument(grantee.message, grantee.name, grantee.value);
    return { grantee, permission };
  });
}
