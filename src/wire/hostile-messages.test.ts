/** Single messages that are meant to hurt: what the general fuzz does not find by chance. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { WireRequest } from './message.ts';
import { loadModel } from './model/load.ts';
import type { OperationModel } from './model/shape.ts';
import { awsJson } from './protocols/aws-json.ts';
import { restXml } from './protocols/rest-xml.ts';

const operation = (service: string, name: string) => loadModel(service).operation(name) as OperationModel;
const request = (body: Uint8Array, headers: Record<string, string> = {}): WireRequest => ({
  method: 'POST',
  path: '/',
  query: '',
  headers,
  body,
});
const gzip = { 'content-encoding': 'gzip' };
const putMetrics = operation('cloudwatch', 'PutMetricData');

test('a body that is not UTF-8 is refused', () => {
  const body = Buffer.from('{"KeyId":"\xff"}', 'latin1');
  assert.throws(() => awsJson.decode(operation('kms', 'DescribeKey'), request(body), {}), {
    name: 'SerializationException',
  });
});

test('gzip is read where the model allows it', () => {
  const body = gzipSync('{"Namespace":"n"}');
  assert.deepEqual(awsJson.decode(putMetrics, request(body, gzip), {}), { Namespace: 'n' });
});

test('gzip is not read elsewhere', () => {
  const decode = () => awsJson.decode(operation('kms', 'DescribeKey'), request(gzipSync('{}'), gzip), {});
  assert.throws(decode, { name: 'SerializationException' });
});

test('a gzip bomb is refused, and so is a broken one', () => {
  const bomb = gzipSync(`{"Namespace":"${' '.repeat(40 * 1024 * 1024)}"}`);
  assert.ok(bomb.length < 100_000);
  for (const body of [bomb, bomb.subarray(0, 100), Buffer.from('{}')])
    assert.throws(() => awsJson.decode(putMetrics, request(body, gzip), {}), { name: 'SerializationException' });
});

test('a stored value can not end a header', () => {
  const output = { Metadata: { note: 'a\r\nset-cookie: x' }, ContentType: 'text/plain\r\n\r\n<html>' };
  const { headers } = restXml.encode(operation('s3', 'HeadObject'), output, 'id', request(new Uint8Array()));
  assert.equal(headers['x-amz-meta-note'], 'a  set-cookie: x');
  for (const value of Object.values(headers)) assert.doesNotMatch(value, /[\r\n]/);
});

test('numbers that do not fit are refused, not cut', () => {
  const decode = (text: string) =>
    awsJson.decode(operation('kms', 'GenerateRandom'), request(Buffer.from(`{"NumberOfBytes":${text}}`)), {});
  for (const bad of ['1.5', '1e10', '"32"', 'true', '-2147483649', '[1]', '{}'])
    assert.throws(() => decode(bad), { name: 'SerializationException' }, bad);
  assert.deepEqual(decode('32'), { NumberOfBytes: 32 });
});

test('a type error says what stood where', () => {
  const decode = (text: string) =>
    awsJson.decode(operation('kms', 'DescribeKey'), request(Buffer.from(`{"KeyId":${text}}`)), {});
  assert.throws(() => decode('1'), { message: 'NUMBER_VALUE can not be converted to a String' });
  assert.throws(() => decode('true'), { message: 'TRUE_VALUE can not be converted to a String' });
  assert.throws(() => decode('{}'), { message: 'Start of structure or map found where not expected' });
});
