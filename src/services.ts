import { kms } from './data/kms/service.ts';
import { parameterStore } from './data/parameter-store/service.ts';
import { cloudTrail } from './governance/cloudtrail/service.ts';
import { iam } from './identity/iam/service.ts';
import { sts } from './identity/sts/service.ts';
import type { Service } from './runtime/service.ts';
import { cloudWatch } from './support/cloudwatch/service.ts';
import { eventBridge } from './support/eventbridge/service.ts';
import { lambda } from './support/lambda/service.ts';
import { logs } from './support/logs/service.ts';
import { s3Control } from './support/s3/control/service.ts';
import { s3 } from './support/s3/service.ts';
import { scheduler } from './support/scheduler/service.ts';
import { sns } from './support/sns/service.ts';
import { sqs } from './support/sqs/service.ts';

/** Every service, alphabetical by API name. */
export const services: readonly Service[] = [
  cloudTrail,
  cloudWatch,
  eventBridge,
  iam,
  kms,
  lambda,
  logs,
  parameterStore,
  s3,
  s3Control,
  scheduler,
  sns,
  sqs,
  sts,
];
