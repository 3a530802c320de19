import type { Failure } from '../target-failure.ts';
import type { Target } from './api.ts';
import type { RoutedEvent } from './deliveries.ts';
import { eventTime } from './engine/envelope.ts';
import { compileInput, type InputMaker } from './engine/input.ts';
import type { Line, Parcel } from './senders/sender.ts';

/** Input settings are compiled once for a target as it is stored. */
const makers = new WeakMap<Target, InputMaker>();

/** What a target gets of an event; a failure where its template gives nothing that can be sent. */
export function parcelFor({ rule, target }: Line, event: RoutedEvent): Parcel | Failure {
  let make = makers.get(target);
  if (make === undefined) {
    const { Input, InputPath, InputTransformer: transformer } = target;
    make = compileInput({
      input: Input,
      inputPath: InputPath,
      transformer:
        transformer === undefined
          ? undefined
          : { paths: transformer.InputPathsMap ?? {}, template: transformer.InputTemplate },
    });
    makers.set(target, make);
  }
  const made = make({
    text: event.text,
    ruleArn: rule.arn,
    ruleName: rule.name,
    ingestionTime: eventTime(event.arrived),
  });
  if ('text' in made) return { event, text: made.text };
  return { code: 'INVALID_JSON', message: made.refused, retry: false };
}
