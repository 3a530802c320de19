import assert from 'node:assert/strict';
import { test } from 'node:test';
import { advancedFault, basicFault } from './selector-faults.ts';
import {
  type EventSelector,
  everyManagementEvent,
  type FieldSelector,
  type SelectableEvent,
  type Selectors,
  selectorOf,
} from './selectors.ts';

const management: SelectableEvent = {
  eventName: 'PutParameter',
  eventSource: 'ssm.amazonaws.com',
  eventCategory: 'Management',
  eventType: 'AwsApiCall',
  readOnly: false,
  userIdentity: { arn: 'arn:aws:iam::111122223333:user/ann' },
};
const object = (key: string, more: Partial<SelectableEvent> = {}): SelectableEvent => ({
  eventName: 'PutObject',
  eventSource: 's3.amazonaws.com',
  eventCategory: 'Data',
  eventType: 'AwsApiCall',
  readOnly: false,
  userIdentity: { arn: 'arn:aws:sts::111122223333:assumed-role/app/1' },
  resources: [
    { ARN: `arn:aws:s3:::bucket/${key}`, type: 'AWS::S3::Object' },
    { ARN: 'arn:aws:s3:::bucket', type: 'AWS::S3::Bucket' },
  ],
  ...more,
});
const invoke = (name: string): SelectableEvent => ({
  ...object(''),
  eventName: 'Invoke',
  eventSource: 'lambda.amazonaws.com',
  resources: [{ ARN: `arn:aws:lambda:us-east-1:111122223333:function:${name}`, type: 'AWS::Lambda::Function' }],
});

const basic = (more: Partial<EventSelector>): Selectors => ({
  basic: [
    {
      ReadWriteType: 'All',
      IncludeManagementEvents: false,
      DataResources: [],
      ExcludeManagementEventSources: [],
      ...more,
    },
  ],
});
const advanced = (...FieldSelectors: FieldSelector[]): Selectors => ({ advanced: [{ FieldSelectors }] });
const data: FieldSelector = { Field: 'eventCategory', Equals: ['Data'] };
const manage: FieldSelector = { Field: 'eventCategory', Equals: ['Management'] };
const objects: FieldSelector = { Field: 'resources.type', Equals: ['AWS::S3::Object'] };
const arn = (more: Omit<FieldSelector, 'Field'>): Selectors =>
  advanced(data, objects, { Field: 'resources.ARN', ...more });
const of = (Type: string, ...Values: string[]) => basic({ DataResources: [{ Type, Values }] });

const cases: readonly (readonly [what: string, selectors: Selectors, event: SelectableEvent, taken: boolean])[] = [
  ['a new trail takes management events', everyManagementEvent, management, true],
  ['and no data events', everyManagementEvent, object('k'), false],
  ['write only', basic({ IncludeManagementEvents: true, ReadWriteType: 'ReadOnly' }), management, false],
  [
    'read only',
    basic({ IncludeManagementEvents: true, ReadWriteType: 'ReadOnly' }),
    { ...management, readOnly: true },
    true,
  ],
  [
    'without KMS',
    basic({ IncludeManagementEvents: true, ExcludeManagementEventSources: ['ssm.amazonaws.com'] }),
    management,
    false,
  ],
  ['all objects', of('AWS::S3::Object', 'arn:aws:s3'), object('k'), true],
  ['all objects, with colons', of('AWS::S3::Object', 'arn:aws:s3:::'), object('k'), true],
  ['objects of a bucket', of('AWS::S3::Object', 'arn:aws:s3:::bucket/'), object('k'), true],
  ['objects of another', of('AWS::S3::Object', 'arn:aws:s3:::buck/'), object('k'), false],
  ['objects below a prefix', of('AWS::S3::Object', 'arn:aws:s3:::bucket/images'), object('images/1'), true],
  ['all functions', of('AWS::Lambda::Function', 'arn:aws:lambda'), invoke('app'), true],
  [
    'a function',
    of('AWS::Lambda::Function', 'arn:aws:lambda:us-east-1:111122223333:function:app'),
    invoke('app'),
    true,
  ],
  [
    'a version of it',
    of('AWS::Lambda::Function', 'arn:aws:lambda:us-east-1:111122223333:function:app'),
    invoke('app:1'),
    true,
  ],
  [
    'not its namesake',
    of('AWS::Lambda::Function', 'arn:aws:lambda:us-east-1:111122223333:function:app'),
    invoke('apple'),
    false,
  ],
  ['objects are no functions', of('AWS::Lambda::Function', 'arn:aws:s3'), object('k'), false],
  ['data only', advanced(data), management, false],
  ['Equals', arn({ Equals: ['arn:aws:s3:::bucket/a', 'arn:aws:s3:::bucket/b'] }), object('b'), true],
  ['Equals another', arn({ Equals: ['arn:aws:s3:::bucket/a'] }), object('ab'), false],
  ['NotEquals', arn({ NotEquals: ['arn:aws:s3:::bucket/a', 'arn:aws:s3:::bucket/b'] }), object('b'), false],
  ['NotEquals another', arn({ NotEquals: ['arn:aws:s3:::bucket/a'] }), object('b'), true],
  ['StartsWith', arn({ StartsWith: ['arn:aws:s3:::bucket/im'] }), object('images'), true],
  ['StartsWith another', arn({ StartsWith: ['arn:aws:s3:::bucket/ix'] }), object('images'), false],
  ['NotStartsWith', arn({ NotStartsWith: ['arn:aws:s3:::bucket/im'] }), object('images'), false],
  ['EndsWith', arn({ EndsWith: ['.png', '.jpg'] }), object('a.jpg'), true],
  ['EndsWith another', arn({ EndsWith: ['.png'] }), object('a.jpg'), false],
  ['NotEndsWith', arn({ NotEndsWith: ['.png', '.jpg'] }), object('a.jpg'), false],
  [
    'two operators must both hold',
    arn({ StartsWith: ['arn:aws:s3:::bucket/'], NotEndsWith: ['.tmp'] }),
    object('a.tmp'),
    false,
  ],
  ['type and ARN are of one resource', arn({ Equals: ['arn:aws:s3:::bucket'] }), object('k'), false],
  ['eventName', advanced(data, objects, { Field: 'eventName', Equals: ['DeleteObject'] }), object('k'), false],
  ['not eventName', advanced(data, objects, { Field: 'eventName', NotEquals: ['DeleteObject'] }), object('k'), true],
  ['readOnly', advanced(data, objects, { Field: 'readOnly', Equals: ['true'] }), object('k'), false],
  ['eventSource', advanced(manage, { Field: 'eventSource', NotEquals: ['kms.amazonaws.com'] }), management, true],
  [
    'not from that source',
    advanced(manage, { Field: 'eventSource', NotEquals: ['ssm.amazonaws.com'] }),
    management,
    false,
  ],
  ['eventType', advanced(manage, { Field: 'eventType', Equals: ['AwsServiceEvent'] }), management, false],
  ['userIdentity.arn', advanced(manage, { Field: 'userIdentity.arn', EndsWith: ['user/ann'] }), management, true],
  [
    'userIdentity.arn of another',
    advanced(manage, { Field: 'userIdentity.arn', NotEndsWith: ['user/ann'] }),
    management,
    false,
  ],
  [
    'no identity has no ARN',
    advanced(manage, { Field: 'userIdentity.arn', Equals: ['x'] }),
    { ...management, userIdentity: {} },
    false,
  ],
  [
    'no ARN is no other',
    advanced(manage, { Field: 'userIdentity.arn', NotEquals: ['x'] }),
    { ...management, userIdentity: {} },
    true,
  ],
  [
    'no call comes from the console',
    advanced(manage, { Field: 'sessionCredentialFromConsole', Equals: ['true'] }),
    management,
    false,
  ],
  [
    'one of several selectors',
    { advanced: [{ FieldSelectors: [manage] }, { FieldSelectors: [data, objects] }] },
    object('k'),
    true,
  ],
];

for (const [what, selectors, event, taken] of cases) {
  test(`${what}: ${taken ? 'taken' : 'left'}`, () => assert.equal(selectorOf(selectors)(event), taken));
}

const faults: readonly (readonly [fields: readonly FieldSelector[], fault: RegExp])[] = [
  [[objects], /eventCategory/],
  [[{ Field: 'eventCategory', Equals: ['Management', 'Data'] }], /eventCategory/],
  [[{ Field: 'eventCategory', Equals: ['Insight'] }], /Insight/],
  [[data], /resources\.type/],
  [[data, objects, objects], /once/],
  [[manage, objects], /not for events/],
  [[manage, { Field: 'color', Equals: ['x'] }], /color/],
  [[data, objects, { Field: 'eventName' }], /expected a condition/],
  [[data, objects, { Field: 'eventName', Equals: Array.from({ length: 500 }, String) }], /conditions/],
];
for (const [FieldSelectors, fault] of faults) {
  test(`refused: ${fault.source} of ${FieldSelectors.length}`, () =>
    assert.match(advancedFault([{ FieldSelectors }]) ?? '', fault));
}

test('basic selectors name ARNs of three types, and sources that are many', () => {
  const fault = (selectors: Selectors) => ('basic' in selectors ? basicFault(selectors.basic) : undefined);
  assert.equal(fault(everyManagementEvent), undefined);
  assert.equal(fault(of('AWS::S3::Object', 'arn:aws:s3')), undefined);
  assert.match(fault(of('AWS::SQS::Queue', 'arn:aws:sqs')) ?? '', /data resource type/);
  assert.match(fault(of('AWS::S3::Object', 'bucket')) ?? '', /expected an ARN/);
  assert.match(fault(of('AWS::S3::Object', ...Array.from({ length: 251 }, () => 'arn:aws:s3'))) ?? '', /at most 250/);
  assert.match(
    fault(basic({ IncludeManagementEvents: true, ExcludeManagementEventSources: ['iam.amazonaws.com'] })) ?? '',
    /excluded/,
  );
  assert.match(fault({ basic: [] }) ?? '', /1 to 5/);
});
