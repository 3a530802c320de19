import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WireRequest } from './message.ts';
import { route, streams } from './route.ts';

const scope = (service: string, region = 'eu-west-1') =>
  `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260102/${region}/${service}/aws4_request, SignedHeaders=host, Signature=00`;

function request(line: string, headers: Record<string, string> = {}, body = ''): WireRequest {
  const [method = '', url = ''] = line.split(' ');
  const [path = '/', query = ''] = url.split('?');
  return { method, path, query, headers: { host: '127.0.0.1:4566', ...headers }, body: new TextEncoder().encode(body) };
}

const form = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
const s3 = { authorization: scope('s3') };
const control = { ...s3, 'x-amz-account-id': '111122223333' };

/** request → `service:Operation protocol region` and labels, or the error code and its protocol. */
const cases: readonly (readonly [string, WireRequest, string, Record<string, string>?])[] = [
  [
    'target',
    request('POST /', { 'x-amz-target': 'TrentService.Encrypt', authorization: scope('kms') }),
    'kms:Encrypt aws-json eu-west-1',
  ],
  [
    'dotted target',
    request('POST /', { 'x-amz-target': 'com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents' }),
    'cloudtrail:LookupEvents aws-json undefined',
  ],
  [
    'short target',
    request('POST /', { 'x-amz-target': 'CloudTrail_20131101.LookupEvents' }),
    'cloudtrail:LookupEvents aws-json undefined',
  ],
  [
    'unknown operation',
    request('POST /', { 'x-amz-target': 'TrentService.Enrypt' }),
    'UnknownOperationException aws-json kms',
  ],
  [
    'operation named as a prototype member',
    request('POST /', { 'x-amz-target': 'TrentService.constructor' }),
    'UnknownOperationException aws-json kms',
  ],
  [
    'unknown target',
    request('POST /', { 'x-amz-target': 'Nothing.At.All' }),
    'UnknownOperationException aws-json undefined',
  ],
  ['target without a dot', request('POST /', { 'x-amz-target': 'x' }), 'UnknownOperationException aws-json undefined'],
  [
    'query',
    request('POST /', { ...form, authorization: scope('iam', 'us-east-1') }, 'Action=GetUser&Version=2010-05-08'),
    'iam:GetUser aws-query us-east-1',
  ],
  [
    'query in the URL',
    request(
      'GET /?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Credential=AKIA%2F20260102%2Fus-east-2%2Fsts%2Faws4_request',
    ),
    'sts:GetCallerIdentity aws-query us-east-2',
  ],
  [
    'unsigned query by version',
    request('POST /', form, 'Action=AssumeRoleWithSAML&Version=2011-06-15'),
    'sts:AssumeRoleWithSAML aws-query undefined',
  ],
  [
    'query by host',
    request('POST /', { ...form, host: 'sts.us-west-2.amazonaws.com' }, 'Action=AssumeRoleWithSAML'),
    'sts:AssumeRoleWithSAML aws-query us-west-2',
  ],
  [
    'unknown action',
    request('POST /', { ...form, authorization: scope('iam') }, 'Action=GetUsr&Version=2010-05-08'),
    'InvalidAction aws-query iam',
  ],
  [
    'ec2',
    request('POST /', { ...form, authorization: scope('ec2') }, 'Action=DescribeVpcs&Version=2016-11-15'),
    'ec2:DescribeVpcs ec2-query eu-west-1',
  ],
  [
    'ec2 unknown action',
    request('POST /', { ...form, authorization: scope('ec2') }, 'Action=Nope'),
    'InvalidAction ec2-query ec2',
  ],
  [
    'sqs by an old client',
    request('POST /111122223333/q', { ...form, authorization: scope('sqs') }, 'Action=SendMessage&Version=2012-11-05'),
    'sqs:SendMessage aws-query eu-west-1',
  ],
  [
    'no action',
    request('POST /', { ...form, authorization: scope('iam') }, 'Version=2010-05-08'),
    'MissingAction aws-query iam',
  ],
  ['no target', request('POST /', { authorization: scope('kms') }, '{}'), 'UnknownOperationException aws-json kms'],
  [
    'action that the body only mentions',
    request('POST /', { ...form, authorization: scope('iam') }, 'xAction=GetUser&Version=1'),
    'MissingAction aws-query iam',
  ],
  [
    'signed for a service without a model',
    request('GET /b/k', { authorization: scope('dynamodb') }),
    'UnknownOperationException rest-json undefined',
  ],
  [
    'query signed for a service without a model',
    request('POST /', { ...form, authorization: scope('rds') }, 'Action=GetUser&Version=2010-05-08'),
    'UnknownOperationException aws-query undefined',
  ],
  [
    'cbor',
    request('POST /service/GraniteServiceVersion20100801/operation/PutMetricData', {
      'smithy-protocol': 'rpc-v2-cbor',
      authorization: scope('monitoring'),
    }),
    'cloudwatch:PutMetricData rpc-v2-cbor eu-west-1',
  ],
  [
    'cbor of a service without it',
    request('POST /service/TrentService/operation/Encrypt', { 'smithy-protocol': 'rpc-v2-cbor' }),
    'UnknownOperationException rpc-v2-cbor kms',
  ],
  [
    'rest-json',
    request('POST /detector', { authorization: scope('guardduty') }),
    'guardduty:CreateDetector rest-json eu-west-1',
  ],
  [
    'rest-json label',
    request('GET /detector/a%2Fb', { authorization: scope('guardduty') }),
    'guardduty:GetDetector rest-json eu-west-1',
    { DetectorId: 'a/b' },
  ],
  [
    'rest-json bad escape',
    request('GET /detector/%zz', { authorization: scope('guardduty') }),
    'SerializationException rest-json guardduty',
  ],
  [
    'rest-json unknown',
    request('GET /nothing', { authorization: scope('guardduty') }),
    'UnknownOperationException rest-json guardduty',
  ],
  [
    'rest with form body',
    request('POST /2015-03-31/functions/f/invocations', { ...form, authorization: scope('lambda') }, 'Action=x'),
    'lambda:Invoke rest-json eu-west-1',
    { FunctionName: 'f' },
  ],
  ['list buckets', request('GET /', s3), 's3:ListBuckets rest-xml eu-west-1', {}],
  ['directory buckets', request('GET /?x-id=ListDirectoryBuckets', s3), 's3:ListDirectoryBuckets rest-xml eu-west-1'],
  ['list objects', request('GET /bucket-one', s3), 's3:ListObjects rest-xml eu-west-1', { Bucket: 'bucket-one' }],
  [
    'list objects v2',
    request('GET /bucket-one/?list-type=2', s3),
    's3:ListObjectsV2 rest-xml eu-west-1',
    { Bucket: 'bucket-one' },
  ],
  [
    'key as it is',
    request('GET /bucket-one//a/../b%20c//', s3),
    's3:GetObject rest-xml eu-west-1',
    { Bucket: 'bucket-one', Key: '/a/../b c//' },
  ],
  [
    'key of dots',
    request('PUT /bucket-one/..', s3),
    's3:PutObject rest-xml eu-west-1',
    { Bucket: 'bucket-one', Key: '..' },
  ],
  [
    'virtual host',
    request('GET /a/b', { ...s3, host: 'my.bucket.s3.us-west-2.amazonaws.com' }),
    's3:GetObject rest-xml eu-west-1',
    { Bucket: 'my.bucket', Key: 'a/b' },
  ],
  [
    'virtual host, old form',
    request('GET /', { ...s3, host: 'b1.s3-us-west-2.amazonaws.com' }),
    's3:ListObjects rest-xml eu-west-1',
    { Bucket: 'b1' },
  ],
  [
    'virtual host on localhost',
    request('GET /k', { ...s3, host: 'bucket-one.localhost:4566' }),
    's3:GetObject rest-xml eu-west-1',
    { Bucket: 'bucket-one', Key: 'k' },
  ],
  [
    'path style on localhost',
    request('GET /b/k', { ...s3, host: 'localhost:4566' }),
    's3:GetObject rest-xml eu-west-1',
    { Bucket: 'b', Key: 'k' },
  ],
  [
    'path style on s3 host',
    request('GET /b/k', { host: 's3.eu-central-1.amazonaws.com' }),
    's3:GetObject rest-xml eu-central-1',
    { Bucket: 'b', Key: 'k' },
  ],
  [
    'bucket named like a service',
    request('GET /k', { host: 'kms.s3.amazonaws.com' }),
    's3:GetObject rest-xml undefined',
    { Bucket: 'kms', Key: 'k' },
  ],
  [
    'bucket with an s3 label of its own',
    request('GET /k', { ...s3, host: 's3.logs.s3.amazonaws.com' }),
    's3:GetObject rest-xml eu-west-1',
    { Bucket: 's3.logs', Key: 'k' },
  ],
  ['copy', request('PUT /b/k', { ...s3, 'x-amz-copy-source': '/b/x' }), 's3:CopyObject rest-xml eu-west-1'],
  ['upload part', request('PUT /b/k?partNumber=1&uploadId=u', s3), 's3:UploadPart rest-xml eu-west-1'],
  [
    'upload part copy',
    request('PUT /b/k?partNumber=1&uploadId=u', { ...s3, 'x-amz-copy-source': '/b/x' }),
    's3:UploadPartCopy rest-xml eu-west-1',
  ],
  ['abort', request('DELETE /b/k?uploadId=u', s3), 's3:AbortMultipartUpload rest-xml eu-west-1'],
  ['delete', request('DELETE /b/k', s3), 's3:DeleteObject rest-xml eu-west-1'],
  ['delete many', request('POST /b?delete', s3), 's3:DeleteObjects rest-xml eu-west-1'],
  ['bucket policy', request('GET /b?policy', s3), 's3:GetBucketPolicy rest-xml eu-west-1'],
  [
    'one analytics configuration',
    request('GET /b?analytics&id=1', s3),
    's3:GetBucketAnalyticsConfiguration rest-xml eu-west-1',
  ],
  [
    'all analytics configurations',
    request('GET /b?analytics', s3),
    's3:ListBucketAnalyticsConfigurations rest-xml eu-west-1',
  ],
  ['anonymous', request('GET /b/k'), 's3:GetObject rest-xml undefined'],
  ['sigv2', request('GET /b/k?AWSAccessKeyId=A&Signature=s&Expires=1'), 's3:GetObject rest-xml undefined'],
  ['method that S3 has not', request('PATCH /b/k', s3), 'MethodNotAllowed rest-xml s3'],
  ['bad escape', request('GET /b/%ff%fe', s3), 'InvalidURI rest-xml s3'],
  [
    's3 control',
    request('GET /v20180820/configuration/publicAccessBlock', control),
    's3control:GetPublicAccessBlock rest-xml eu-west-1',
  ],
  [
    'bucket named like s3 control',
    request('GET /v20180820/configuration/publicAccessBlock', s3),
    's3:GetObject rest-xml eu-west-1',
  ],
  [
    'label before the end',
    request('GET /v20180820/mrap/instances/a/b/policy', control),
    's3control:GetMultiRegionAccessPointPolicy rest-xml eu-west-1',
    { name: 'a/b' },
  ],
];

for (const [name, sent, expected, labels] of cases) {
  test(`route: ${name}`, () => {
    const found = route(sent);
    if ('error' in found) assert.equal(`${found.error.code} ${found.protocol.name} ${found.service}`, expected);
    else {
      assert.equal(`${found.service}:${found.operation.name} ${found.protocol.name} ${found.region}`, expected);
      if (labels !== undefined) assert.deepEqual({ ...found.labels }, labels);
    }
  });
}

const streaming: readonly (readonly [WireRequest, boolean])[] = [
  [request('PUT /b/k', s3), true],
  [request('PUT /b/k', { ...s3, ...form }), true],
  [request('PUT /b/k?partNumber=1&uploadId=u', s3), true],
  [request('PUT /b/k', { ...s3, 'x-amz-copy-source': '/b/x' }), false],
  [request('PUT /b/k?acl', s3), false],
  [request('PUT /b', s3), false],
  [request('PUT /b/%ff', s3), false],
  [request('PUT /b/k'), true],
  [request('POST /', { 'x-amz-target': 'TrentService.Encrypt' }), false],
  [request('POST /', { ...form, authorization: scope('iam') }), false],
  [request('POST /2014-11-13/functions/f/invoke-async/', { authorization: scope('lambda') }), true],
  [request('POST /2015-03-31/functions/f/invocations', { authorization: scope('lambda') }), false],
];

for (const [sent, expected] of streaming)
  test(`streams: ${sent.method} ${sent.path}?${sent.query} ${Object.keys(sent.headers)} → ${expected}`, () =>
    assert.equal(streams(sent), expected));
