import type { OperationModel, ShapeModel } from '#wire/model/shape.ts';

type Values = Readonly<Record<string, unknown>>;

/**
 * An input that the model takes: what is given for the operation, what is known for members of a name, and for required members
 * of which nothing is known a value that fits their shape.
 */
export function inputOf(operation: OperationModel, given: Values, byMember: Values): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const { name, shape, required } of operation.input?.members ?? []) {
    if (Object.hasOwn(given, name)) input[name] = given[name];
    else if (Object.hasOwn(byMember, name)) input[name] = byMember[name];
    else if (required) input[name] = sampleOf(shape);
    if (input[name] === undefined) delete input[name];
  }
  const unknown = Object.keys(given).filter((name) => !operation.input?.members.some((member) => member.name === name));
  if (unknown.length > 0) throw new Error(`${operation.name} has no member ${unknown.join(', ')}`);
  return input;
}

function sampleOf(shape: ShapeModel): unknown {
  switch (shape.kind) {
    case 'structure':
      return Object.fromEntries(
        shape.members.filter(({ required }) => required).map(({ name, shape: of }) => [name, sampleOf(of)]),
      );
    case 'list':
      return shape.element === undefined ? [] : [sampleOf(shape.element.shape)];
    case 'string':
      return shape.enum?.[0] ?? 'sample'.padEnd(shape.min ?? 0, '-sample');
    case 'boolean':
      return false;
    case 'integer':
    case 'long':
    case 'number':
      return shape.min ?? 1;
    case 'blob':
      return new Uint8Array(Math.max(shape.min ?? 0, 1));
    case 'timestamp':
      return new Date(1_800_000_000_000);
    default:
      throw new Error(`no value for a ${shape.kind}`);
  }
}
