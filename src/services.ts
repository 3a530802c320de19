import { kms } from './data/kms/service.ts';
import { parameterStore } from './data/parameter-store/service.ts';
import { cloudTrail } from './governance/cloudtrail/service.ts';
import { iam } from './identity/iam/service.ts';
import { sts } from './identity/sts/service.ts';
import type { Service } from './runtime/service.ts';

/** Every service, alphabetical by API name. */
export const services: readonly Service[] = [cloudTrail, iam, kms, parameterStore, sts];
