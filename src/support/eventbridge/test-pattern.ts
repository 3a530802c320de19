import { ServiceError } from '#wire/service-error.ts';
import { invalid, type Operation } from './api.ts';
import { tooDeep, withoutDots } from './engine/event-fields.ts';
import { matches, readPattern } from './engine/pattern.ts';

/** Members that AWS wants in an event that it tests (model, "TestEventPattern"). */
const required = ['id', 'account', 'source', 'time', 'region', 'detail-type'];

export const TestEventPattern: Operation<'TestEventPattern'> = {
  resource: () => '*',
  handle: ({ EventPattern, Event }) => {
    const reading = readPattern(EventPattern);
    if (!reading.ok) throw new ServiceError('InvalidEventPatternException', reading.message);
    return { Result: matches(reading.pattern, withoutDots(eventOf(Event))) };
  },
};

/** @throws ServiceError ValidationException */
function eventOf(text: string): Readonly<Record<string, unknown>> {
  const value = parsed(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value) || tooDeep(value)) {
    throw invalid('Parameter Event is not valid.');
  }
  const missing = required.find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) throw invalid(`Parameter Event is not valid. Reason: ${missing} is a required argument.`);
  return value as Readonly<Record<string, unknown>>;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
