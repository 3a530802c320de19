import type { ServiceCases } from '../services.ts';

export const s3control: ServiceCases = {
  service: 's3control',
  refusal: '403 AccessDenied',
  stock: async (root, { account: AccountId }) => {
    const PublicAccessBlockConfiguration = { BlockPublicAcls: false, RestrictPublicBuckets: false };
    await root.send('s3control', 'PutPublicAccessBlock', { AccountId, PublicAccessBlockConfiguration });
    return { byMember: { AccountId, PublicAccessBlockConfiguration }, byOperation: {} };
  },
  exceptions: {
    absentKeys: [{ of: 's3control:*', what: 's3:TlsVersion', reason: 'the requests here come without TLS' }],
  },
};
