import type { ServiceModel } from '../model/shape.ts';

/** How a service answers input that breaks the model. */
export type ValidationStyle = {
  readonly code: string;
  /** Print the value and the enum's members. IAM does neither. */
  readonly values: boolean;
  /** coral: the counted message; parameter: one message for the first thing wrong (EC2, SQS); xml: S3. */
  readonly form: 'coral' | 'parameter' | 'xml';
  /** Whether the one message ends with a full stop: SQS's do, EC2's don't. */
  readonly stop: '.' | '';
};

const coral: ValidationStyle = { code: 'ValidationException', values: true, form: 'coral', stop: '' };

/** Services that differ from their protocol's rule. Source: recorded answers, API references. */
const byService: Readonly<Record<string, ValidationStyle>> = {
  apigateway: { ...coral, code: 'BadRequestException' },
  ec2: { code: 'InvalidParameterValue', values: true, form: 'parameter', stop: '' },
  guardduty: { ...coral, code: 'BadRequestException' },
  iam: { code: 'ValidationError', values: false, form: 'coral', stop: '' },
  logs: { ...coral, code: 'InvalidParameterException' },
  s3: { code: 'MalformedXML', values: true, form: 'xml', stop: '' },
  securityhub: { ...coral, code: 'InvalidInputException' },
  sqs: { code: 'InvalidParameterValue', values: true, form: 'parameter', stop: '.' },
};

/** ValidationError for query services, ValidationException for the others, save the exceptions above. */
export function validationStyle(service: ServiceModel): ValidationStyle {
  const own = Object.hasOwn(byService, service.name) ? byService[service.name] : undefined;
  if (own !== undefined) return own;
  return service.protocols[0] === 'query' ? { ...coral, code: 'ValidationError' } : coral;
}
