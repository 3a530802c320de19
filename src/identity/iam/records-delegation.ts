import { collection } from '#runtime/collection.ts';
import type { Session } from '../session-token.ts';

export type DelegationState =
  | 'UNASSIGNED'
  | 'ASSIGNED'
  | 'PENDING_APPROVAL'
  | 'ACCEPTED'
  | 'FINALIZED'
  | 'REJECTED'
  | 'EXPIRED';

export type PolicyParameter = {
  readonly Name?: string | undefined;
  readonly Values?: readonly string[] | undefined;
  readonly Type?: 'string' | 'stringList' | undefined;
};

/** The identity whose permissions are delegated: whoever accepted, as they were at that time. */
export type Approver = Omit<Session, 'accessKeyId' | 'secretAccessKey' | 'facts'> & {
  readonly facts: Omit<Session['facts'], 'issuedAt' | 'expiresAt' | 'policies' | 'policyArns'>;
};

/** A request of one account for temporary permissions in another. */
export type DelegationRequestRow = {
  readonly id: string;
  /** Account that asks. */
  readonly requestorId: string;
  readonly ownerAccountId: string | undefined;
  /** ARN of who took it on. */
  readonly ownerId: string | undefined;
  readonly approver: Approver | undefined;
  readonly description: string;
  readonly requestMessage: string | undefined;
  readonly templateArn: string;
  readonly parameters: readonly PolicyParameter[];
  /** The template with its parameters filled in. */
  readonly permissionPolicy: string;
  readonly redirectUrl: string | undefined;
  readonly notificationChannel: string;
  /** Seconds from the sending of the token on. */
  readonly sessionDuration: number;
  readonly onlySendByOwner: boolean;
  /** Never `EXPIRED`: that follows from `expirationTime`. */
  readonly state: DelegationState;
  readonly expirationTime: number;
  readonly createDate: number;
  readonly updatedTime: number;
  readonly notes: string | undefined;
  readonly rejectionReason: string | undefined;
  /** The token that was sent. */
  readonly token: { readonly id: string; readonly endsAt: number; readonly used: boolean } | undefined;
};

/** Id: request id. They belong to two accounts, and to one before somebody takes them on. */
export const delegationRequests = collection<DelegationRequestRow>('iam/delegation-request', 'installation');
