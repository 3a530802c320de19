import { isUnsupported } from '#runtime/operation.ts';
import { loadModel } from '#wire/model/load.ts';
import { services } from '../../src/services.ts';
import { inputOf } from './generated-input.ts';
import { inputsOf } from './inputs.ts';
import type { Stock } from './world.ts';

/** One call of an operation that the product serves. */
export type Call = {
  readonly service: string;
  readonly operation: string;
  /** Made anew each time: codes go out of date. */
  readonly input: (stock: Stock) => Record<string, unknown>;
};

/** One service alone, while it is being written; exceptions of the others are stale then. */
const only = process.env['RINGWALL_TEST_SERVICE'];

/** A call of every operation of every service, alphabetical. */
export const calls: readonly Call[] = services
  .filter(({ name }) => only === undefined || name === only)
  .flatMap(({ name: service, operations }) =>
    Object.entries(operations)
      .filter(([, operation]) => !isUnsupported(operation))
      .map(([operation]) => ({
        service,
        operation,
        input: (stock: Stock) => {
          const model = loadModel(service).operation(operation);
          if (model === undefined) throw new Error(`no model of ${service} ${operation}`);
          const given = stock.services[service] ?? inputsOf(stock)[service];
          return inputOf(model, given?.byOperation[operation] ?? {}, given?.byMember ?? {});
        },
      }))
      .sort((a, b) => (a.operation < b.operation ? -1 : 1)),
  );

export function nameOf({ service, operation }: Call): string {
  return `${service}:${operation}`;
}
