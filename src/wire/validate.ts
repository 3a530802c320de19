import type { OperationModel } from './model/shape.ts';
import { ServiceError } from './service-error.ts';
import { structureCheck, type Violation } from './validation/constraints.ts';
import { type ValidationStyle, validationStyle } from './validation/style.ts';

/**
 * Checks an input against the model's constraints, in AWS's words: `1 validation error detected: Value 'x' at 'name' failed to
 * satisfy constraint: Member must …`; several are counted and joined. undefined when nothing is wrong. Compiled once per shape.
 *
 * The code is the service's: ValidationException, ValidationError (query services), InvalidParameterException (Logs), …
 *
 * @example validate(op, { KeySpec: 'X' })?.message
 */
export function validate(op: OperationModel, input: Record<string, unknown>): ServiceError | undefined {
  if (op.input === undefined) return undefined;
  const style = styleOf(op);
  const found: Violation[] = [];
  structureCheck(op.input, style)(input, '', found);
  return found.length === 0 ? undefined : errorOf(found, style);
}

const styles = new WeakMap<OperationModel, ValidationStyle>();

function styleOf(op: OperationModel): ValidationStyle {
  let style = styles.get(op);
  if (style === undefined) {
    style = validationStyle(op.service);
    styles.set(op, style);
  }
  return style;
}

function errorOf(found: readonly Violation[], style: ValidationStyle): ServiceError | undefined {
  if (style.form === 'parameter') return parameterError(found, style);
  if (style.form === 'xml') return xmlError(found);
  const count = `${found.length} validation error${found.length === 1 ? '' : 's'} detected: `;
  return new ServiceError(style.code, count + found.map((v) => sentence(v, style)).join('; '), { status: 400 });
}

function sentence(v: Violation, style: ValidationStyle): string {
  const value = v.isNull ? ' null' : style.values && v.value !== undefined ? ` '${v.value}'` : '';
  return `Value${value} at '${v.path}' failed to satisfy constraint: ${v.text}`;
}

/** EC2 and SQS name one parameter. Their enums grow faster than the model: those are left to the operations. */
function parameterError(found: readonly Violation[], style: ValidationStyle): ServiceError | undefined {
  const first = found.find((v) => v.kind !== 'enum' && v.kind !== 'pattern' && v.kind !== 'element');
  if (first === undefined) return undefined;
  if (first.isNull)
    return new ServiceError(
      'MissingParameter',
      `The request must contain the parameter ${first.member.name}${style.stop}`,
      {
        status: 400,
      },
    );
  const shown = first.value === undefined ? '' : ` (${first.value})`;
  return new ServiceError(style.code, `Value${shown} for parameter ${first.member.name} is invalid${style.stop}`, {
    status: 400,
  });
}

/** S3: what the body lacks makes it malformed XML, the rest is an invalid argument. Unknown words in headers each have a text of their own: those are left to the operations. */
function xmlError(found: readonly Violation[]): ServiceError | undefined {
  const first = found.find((v) => v.kind === 'required' || (v.kind === 'enum' && v.member.location === undefined));
  if (first === undefined) return undefined;
  if (first.member.location === undefined)
    return new ServiceError(
      'MalformedXML',
      'The XML you provided was not well-formed or did not validate against our published schema',
      { status: 400 },
    );
  const name = first.member.locationName ?? first.member.name;
  return new ServiceError('InvalidArgument', `Invalid or missing value of \`${name}\``, {
    status: 400,
    members: { ArgumentName: name, ...(first.value === undefined ? {} : { ArgumentValue: first.value }) },
  });
}
