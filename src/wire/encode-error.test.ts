import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WireRequest } from './message.ts';
import { loadModel } from './model/load.ts';
import type { Protocol } from './protocol.ts';
import { awsJson } from './protocols/aws-json.ts';
import { awsQuery } from './protocols/aws-query.ts';
import { ec2Query } from './protocols/ec2-query.ts';
import { restJson } from './protocols/rest-json.ts';
import { restXml } from './protocols/rest-xml.ts';
import { ServiceError } from './service-error.ts';

const request: WireRequest = { method: 'POST', path: '/', query: '', headers: {}, body: new Uint8Array() };

/** protocol, service, error → status, body, headers that must be there. */
const cases: readonly (readonly [
  Protocol,
  string | undefined,
  ServiceError,
  number,
  string,
  Record<string, string>?,
])[] = [
  [
    awsJson,
    'ssm',
    new ServiceError('ParameterNotFound', 'Parameter /a not found.'),
    400,
    '{"__type":"ParameterNotFound","message":"Parameter /a not found."}',
    { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-RequestId': 'id' },
  ],
  [awsJson, 'ssm', new ServiceError('InternalServerError', 'x'), 500, '{"__type":"InternalServerError","Message":"x"}'],
  [
    awsJson,
    'sqs',
    new ServiceError('QueueDoesNotExist', 'gone'),
    400,
    '{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"gone"}',
    { 'x-amzn-query-error': 'AWS.SimpleQueueService.NonExistentQueue;Sender' },
  ],
  [
    awsJson,
    'cloudwatch',
    new ServiceError('ValidationException', 'bad'),
    400,
    '{"__type":"com.amazonaws.cloudwatch#ValidationException","message":"bad"}',
    { 'x-amzn-query-error': 'ValidationError;Sender' },
  ],
  [awsJson, 'kms', new ServiceError('AccessDenied', 'no'), 400, '{"__type":"AccessDeniedException","Message":"no"}'],
  [
    awsJson,
    'kms',
    new ServiceError('SignatureDoesNotMatch', 'no', { status: 403 }),
    403,
    '{"__type":"InvalidSignatureException","message":"no"}',
  ],
  [
    awsJson,
    undefined,
    new ServiceError('UnknownOperationException', 'no', { status: 400 }),
    400,
    '{"__type":"UnknownOperationException","message":"no"}',
  ],
  [
    awsQuery,
    'iam',
    new ServiceError('NoSuchEntityException', 'The user <a> is not there.'),
    404,
    '<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>The user &lt;a&gt; is not there.</Message></Error><RequestId>id</RequestId></ErrorResponse>',
  ],
  [
    awsQuery,
    'iam',
    new ServiceError('NoSuchEntity', 'x'),
    404,
    '<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>x</Message></Error><RequestId>id</RequestId></ErrorResponse>',
  ],
  [
    awsQuery,
    'iam',
    new ServiceError('ServiceFailure', 'x'),
    500,
    '<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Receiver</Type><Code>ServiceFailure</Code><Message>x</Message></Error><RequestId>id</RequestId></ErrorResponse>',
  ],
  [
    awsQuery,
    'sts',
    new ServiceError('AccessDeniedException', 'no'),
    403,
    '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error><RequestId>id</RequestId></ErrorResponse>',
  ],
  [
    ec2Query,
    'ec2',
    new ServiceError('InvalidVpcID.NotFound', "The vpc ID 'x' does not exist"),
    400,
    '<?xml version="1.0" encoding="UTF-8"?>\n<Response><Errors><Error><Code>InvalidVpcID.NotFound</Code><Message>The vpc ID \'x\' does not exist</Message></Error></Errors><RequestID>id</RequestID></Response>',
  ],
  [
    ec2Query,
    'ec2',
    new ServiceError('AccessDenied', 'no'),
    403,
    '<?xml version="1.0" encoding="UTF-8"?>\n<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>no</Message></Error></Errors><RequestID>id</RequestID></Response>',
  ],
  [
    restJson,
    'lambda',
    new ServiceError('ResourceNotFoundException', 'gone', { members: { Type: 'User' } }),
    404,
    '{"Message":"gone","Type":"User"}',
    { 'x-amzn-errortype': 'ResourceNotFoundException' },
  ],
  [
    restJson,
    'guardduty',
    new ServiceError('AccessDeniedException', 'no'),
    403,
    '{"message":"no"}',
    { 'x-amzn-errortype': 'AccessDeniedException' },
  ],
  [
    restXml,
    's3',
    new ServiceError('NoSuchBucket', 'The specified bucket does not exist', {
      members: { BucketName: 'b&b', 'no element': 1 },
    }),
    404,
    '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchBucket</Code><Message>The specified bucket does not exist</Message><BucketName>b&amp;b</BucketName><RequestId>id</RequestId><HostId>cmluZ3dhbGwvaWQ=</HostId></Error>',
    { 'x-amz-request-id': 'id' },
  ],
  [
    restXml,
    'cloudfront',
    new ServiceError('NoSuchDistribution', 'x'),
    404,
    '<?xml version="1.0" encoding="UTF-8"?>\n<ErrorResponse xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Error><Type>Sender</Type><Code>NoSuchDistribution</Code><Message>x</Message></Error><RequestId>id</RequestId></ErrorResponse>',
  ],
];

for (const [protocol, service, error, status, body, headers] of cases)
  test(`error: ${protocol.name} ${service} ${error.code}`, () => {
    const model = service === undefined ? undefined : loadModel(service);
    const response = protocol.encodeError(model, undefined, error, 'id', request);
    assert.equal(response.body, body);
    assert.equal(response.status, status);
    for (const [name, value] of Object.entries(headers ?? {})) assert.equal(response.headers[name], value);
  });

test('error: an answer to HEAD has no body', () => {
  const response = restXml.encodeError(loadModel('s3'), undefined, new ServiceError('NoSuchKey', 'x'), 'id', {
    ...request,
    method: 'HEAD',
  });
  assert.deepEqual([response.status, response.body], [404, '']);
});
