import { ServiceError } from '#wire/service-error.ts';
import { authenticationError } from './authentication-error.ts';
import { parseCredential } from './credential.ts';
import { ALGORITHM, sameSignature, sign } from './signature.ts';
import { type CredentialScope, signingKeys } from './signing-key.ts';

/** Who signed an HTML form, as its fields say. Nothing in it is proven before `verifyForm`. */
export type FormClaim = CredentialScope & {
  readonly accessKeyId: string;
  readonly sessionToken: string | undefined;
  readonly signature: string;
};

type Fields = Readonly<Record<string, string | undefined>>;

/**
 * Reads the signature of a form (S3 API reference, "POST Object", "Authenticating Requests in Browser-Based Uploads").
 *
 * @param fields by lower-case names
 * @throws ServiceError
 */
export function parseFormClaim(fields: Fields): FormClaim {
  if (fields['x-amz-algorithm'] === undefined && fields['awsaccesskeyid'] !== undefined) {
    if (fields['signature'] === undefined) throw absent('Signature');
    throw authenticationError('unsupportedVersion', 's3');
  }
  const algorithm = required(fields, 'X-Amz-Algorithm');
  const credential = required(fields, 'X-Amz-Credential');
  const date = required(fields, 'X-Amz-Date');
  const signature = required(fields, 'X-Amz-Signature');
  if (algorithm !== ALGORITHM) throw authenticationError('unsupportedVersion', 's3');
  const scope = parseCredential(credential, date, { kind: 'presigned', family: 's3' });
  return { ...scope, sessionToken: fields['x-amz-security-token'], signature };
}

/** @param policy the field as it came, base64: the text under the signature. @throws ServiceError SignatureDoesNotMatch */
export function verifyForm(claim: FormClaim, policy: string, secretAccessKey: string): void {
  const key = signingKeys.get(claim.accessKeyId, secretAccessKey, claim);
  if (claim.service === 's3' && sameSignature(sign(key, policy), claim.signature)) return;
  throw authenticationError('signatureMismatch', 's3', {
    members: { AWSAccessKeyId: claim.accessKeyId, StringToSign: policy, SignatureProvided: claim.signature },
  });
}

function required(fields: Fields, name: string): string {
  const value = fields[name.toLowerCase()];
  if (value === undefined || value === '') throw absent(name);
  return value;
}

function absent(name: string): ServiceError {
  return new ServiceError(
    'InvalidArgument',
    `Bucket POST must contain a field named '${name}'.  If it is specified, please check the order of the fields.`,
    { status: 400, members: { ArgumentName: name, ArgumentValue: '' } },
  );
}
