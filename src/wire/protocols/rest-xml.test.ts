import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WireRequest } from '../message.ts';
import { loadModel } from '../model/load.ts';
import type { OperationModel } from '../model/shape.ts';
import { restXml } from './rest-xml.ts';

const s3 = (name: string) => loadModel('s3').operation(name) as OperationModel;
const request = (query = '', body = ''): WireRequest => ({
  method: 'GET',
  path: '/b',
  query,
  headers: {},
  body: new TextEncoder().encode(body),
});
const head = '<?xml version="1.0" encoding="UTF-8"?>\n';
const ns = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** operation, output, query → body */
const outputs: readonly (readonly [string, Record<string, unknown>, string, string])[] = [
  [
    'GetBucketLocation',
    { LocationConstraint: 'eu-west-1' },
    '',
    `${head}<LocationConstraint xmlns="${ns}">eu-west-1</LocationConstraint>`,
  ],
  ['GetBucketLocation', {}, '', `${head}<LocationConstraint xmlns="${ns}"></LocationConstraint>`],
  [
    'ListObjectsV2',
    { Contents: [{ Key: 'a\u0001\r&' }] },
    '',
    `${head}<ListBucketResult xmlns="${ns}"><Contents><Key>a&#x1;&#xd;&amp;</Key></Contents></ListBucketResult>`,
  ],
  [
    'ListObjectsV2',
    { Prefix: 'x y+z', Contents: [{ Key: 'd/x y+z.txt', Size: 1 }] },
    'encoding-type=url',
    `${head}<ListBucketResult xmlns="${ns}"><Contents><Key>d/x%20y%2Bz.txt</Key><Size>1</Size></Contents><Prefix>x%20y%2Bz</Prefix><EncodingType>url</EncodingType></ListBucketResult>`,
  ],
  [
    'ListBuckets',
    { Buckets: [{ Name: 'b', CreationDate: new Date(0) }] },
    '',
    `${head}<ListAllMyBucketsResult xmlns="${ns}"><Buckets><Bucket><Name>b</Name><CreationDate>1970-01-01T00:00:00.000Z</CreationDate></Bucket></Buckets></ListAllMyBucketsResult>`,
  ],
  [
    'GetBucketAcl',
    { Grants: [{ Grantee: { Type: 'CanonicalUser', ID: 'i' }, Permission: 'READ' }] },
    '',
    `${head}<AccessControlPolicy xmlns="${ns}"><AccessControlList><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>i</ID></Grantee><Permission>READ</Permission></Grant></AccessControlList></AccessControlPolicy>`,
  ],
  ['GetBucketPolicy', { Policy: '{"Version":"2012-10-17"}' }, '', '{"Version":"2012-10-17"}'],
];

for (const [name, output, query, body] of outputs)
  test(`s3 output: ${name} ${query}`, () =>
    assert.equal(restXml.encode(s3(name), output, 'id', request(query)).body, body));

/** operation, body → input, or the error's code */
const inputs: readonly (readonly [string, string, Record<string, unknown> | string])[] = [
  [
    'PutBucketVersioning',
    `<VersioningConfiguration xmlns="${ns}"><Status>Enabled</Status></VersioningConfiguration>`,
    { VersioningConfiguration: { Status: 'Enabled' } },
  ],
  [
    'DeleteObjects',
    '<ns0:Delete xmlns:ns0="x"><ns0:Object><ns0:Key>a &amp; b</ns0:Key></ns0:Object><Object><Key><![CDATA[<c>]]></Key></Object><Quiet>true</Quiet></ns0:Delete>',
    { Delete: { Objects: [{ Key: 'a & b' }, { Key: '<c>' }], Quiet: true } },
  ],
  [
    'PutBucketAcl',
    '<AccessControlPolicy><AccessControlList><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Group"><URI>u</URI></Grantee></Grant></AccessControlList></AccessControlPolicy>',
    { AccessControlPolicy: { Grants: [{ Grantee: { Type: 'Group', URI: 'u' } }] } },
  ],
  ['CreateBucket', '', {}],
  ['PutBucketVersioning', '<!DOCTYPE x [<!ENTITY a "b">]><VersioningConfiguration/>', 'MalformedXML'],
  ['PutBucketVersioning', '<VersioningConfiguration><Status>&a;</Status></VersioningConfiguration>', 'MalformedXML'],
  ['PutBucketVersioning', '<VersioningConfiguration><Status><x/></Status></VersioningConfiguration>', 'MalformedXML'],
  ['PutBucketVersioning', 'not xml', 'MalformedXML'],
  [
    'CompleteMultipartUpload',
    '<CompleteMultipartUpload><Part><PartNumber>1.5</PartNumber></Part></CompleteMultipartUpload>',
    'MalformedXML',
  ],
];

for (const [name, body, expected] of inputs)
  test(`s3 input: ${name} ${body.slice(0, 40)}`, () => {
    const decode = () => restXml.decode(s3(name), request('', body), {});
    if (typeof expected === 'string') assert.throws(decode, { name: expected });
    else assert.deepEqual(decode(), expected);
  });
