import type { Pack, PackRef, PackShape } from './pack.ts';

/**
 * Names that lists and maps had in the query protocol of services that left it: their models lost them, clients from before still use them
 * (API reference of SQS 2012-11-05; flattened, so that the member's name counts).
 */
const byService: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  sqs: {
    AWSAccountIdList: 'AWSAccountId',
    ActionNameList: 'ActionName',
    AttributeNameList: 'AttributeName',
    BatchResultErrorEntryList: 'BatchResultErrorEntry',
    ChangeMessageVisibilityBatchRequestEntryList: 'ChangeMessageVisibilityBatchRequestEntry',
    ChangeMessageVisibilityBatchResultEntryList: 'ChangeMessageVisibilityBatchResultEntry',
    DeleteMessageBatchRequestEntryList: 'DeleteMessageBatchRequestEntry',
    DeleteMessageBatchResultEntryList: 'DeleteMessageBatchResultEntry',
    ListMessageMoveTasksResultEntryList: 'ListMessageMoveTasksResultEntry',
    MessageAttributeNameList: 'MessageAttributeName',
    MessageBodyAttributeMap: 'MessageAttribute',
    MessageBodySystemAttributeMap: 'MessageSystemAttribute',
    MessageList: 'Message',
    MessageSystemAttributeList: 'MessageSystemAttributeName',
    MessageSystemAttributeMap: 'Attribute',
    QueueAttributeMap: 'Attribute',
    QueueUrlList: 'QueueUrl',
    SendMessageBatchRequestEntryList: 'SendMessageBatchRequestEntry',
    SendMessageBatchResultEntryList: 'SendMessageBatchResultEntry',
    TagKeyList: 'TagKey',
    TagMap: 'Tag',
  },
};

/** The pack with the names that its query protocol had. */
export function withQueryNames(service: string, pack: Pack): Pack {
  const names = Object.hasOwn(byService, service) ? byService[service] : undefined;
  if (names === undefined) return pack;
  const shapes = Object.entries(pack.shapes).map(([name, shape]) => [name, namedShape(name, shape, names)] as const);
  return { ...pack, shapes: Object.fromEntries(shapes) };
}

function namedShape(name: string, shape: PackShape, names: Readonly<Record<string, string>>): PackShape {
  if (shape.kv !== undefined && names[name] !== undefined) {
    const [key, value] = shape.kv;
    return { ...shape, kv: [named(key, name === 'TagMap' ? 'Key' : 'Name'), named(value, 'Value')] };
  }
  if (shape.m === undefined) return shape;
  const members = Object.entries(shape.m).map(([member, ref]) => [member, named(ref, names[shapeOf(ref)])] as const);
  return { ...shape, m: Object.fromEntries(members) };
}

function shapeOf(ref: PackRef): string {
  return typeof ref === 'string' ? ref : ref.s;
}

function named(ref: PackRef, n: string | undefined): PackRef {
  if (n === undefined) return ref;
  return typeof ref === 'string' ? { s: ref, n } : { ...ref, n };
}
