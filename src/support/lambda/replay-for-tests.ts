import type { CreateFunctionCommandInput, Lambda } from '@aws-sdk/client-lambda';
import type { Recording } from '../../data/recordings-for-tests.ts';
import type { TestLambda } from './client-for-tests.ts';
import type { LambdaMatch } from './recorded-match-for-tests.ts';
import { packOne } from './zip/pack-for-tests.ts';

export type LambdaReplay = (stage: LambdaStage) => Promise<void>;
type Operation = keyof Lambda & string;
type Failure = Error &
  Readonly<Record<string, unknown>> & { readonly $metadata?: { readonly httpStatusCode?: number } };

/** One recorded case on its way: each step makes a call and compares what comes back with what AWS answered. */
export class LambdaStage {
  readonly on: TestLambda;
  /** A name for the function of the case. */
  readonly name: string;
  /** What stands in brackets behind the name of the case. */
  readonly parameter: string;
  readonly #recording: Recording;
  readonly #match: LambdaMatch;
  readonly #left: Set<string>;

  constructor(on: TestLambda, name: string, parameter: string, recording: Recording, match: LambdaMatch) {
    this.on = on;
    this.name = name;
    this.parameter = parameter;
    this.#recording = recording;
    this.#match = match;
    this.#left = new Set(Object.keys(recording));
  }

  /** Labels that nothing was compared with. */
  get left(): readonly string[] {
    return [...this.#left];
  }

  get arn(): string {
    return this.on.arn(this.name);
  }

  /** Compares nothing: where the case is about something else, or AWS's answer differs for a known reason. */
  skip(...labels: readonly string[]): void {
    for (const label of labels) this.#left.delete(label);
  }

  /** Makes a call without comparing. */
  async call(operation: Operation, input: object = {}): Promise<Record<string, unknown>> {
    const run = this.on.lambda[operation] as (input: object) => Promise<Record<string, unknown>>;
    return run.call(this.on.lambda, input);
  }

  /** Makes a call and compares its answer, or its refusal. */
  async step(label: string, operation: Operation, input: object = {}): Promise<Record<string, unknown>> {
    const answer = await this.#answer(operation, input);
    this.compare(label, answer);
    // What is on its way in the answer is there in the next millisecond.
    await new Promise((resolve) => setTimeout(resolve, 3));
    return answer;
  }

  /** As `step`, for refusals of which code and text alone are recorded; `<a:len(65)>` stands for that many letters. */
  async stepLike(label: string, operation: Operation, input: object): Promise<void> {
    const { Error: error } = (await this.#answer(operation, input)) as {
      readonly Error?: { Code: string; Message: string };
    };
    const recorded = this.#recording[label] as { readonly Code: string; readonly Message: string };
    const Message = recorded.Message.replace(/<a:len\((\d+)\)>/g, (_, count: string) => 'a'.repeat(Number(count)));
    this.#left.delete(label);
    this.#match.check(error, { Code: recorded.Code, Message }, label);
  }

  /** Invokes and compares, the payload read as JSON. */
  async invoke(label: string, input: object): Promise<void> {
    const { Payload, ...rest } = await this.#answer('invoke', input);
    const text = Buffer.from(Payload as Uint8Array).toString();
    this.compare(label, { ...rest, Payload: text });
  }

  compare(label: string, answer: object): void {
    this.#left.delete(label);
    const recorded = this.#recording[label];
    if (recorded === undefined) throw new Error(`nothing is recorded as \`${label}\``);
    this.#match.check(answer, plain(recorded), label);
  }

  /** A function with the defaults that the recorded cases have. */
  functionInput(more: Partial<CreateFunctionCommandInput> = {}): CreateFunctionCommandInput {
    const Code = { ZipFile: packOne('handler.py', 'def handler(event, context):\n    return event\n') };
    const { name: FunctionName, on } = this;
    return {
      FunctionName,
      Runtime: 'python3.12',
      Role: on.role,
      Handler: 'handler.handler',
      ...this.#recorded(),
      Code,
      ...more,
    };
  }

  /** What the recorded function was made with, as its first answer tells. */
  #recorded(): Partial<CreateFunctionCommandInput> {
    const shown = Object.values(this.#recording).flatMap((each) => [
      plain(each),
      (each as { Configuration?: unknown }).Configuration,
    ]);
    const first = shown.find((each) => typeof each === 'object' && each !== null && 'Handler' in each);
    const { Handler, Timeout, Runtime } = (first ?? {}) as Partial<CreateFunctionCommandInput>;
    return {
      ...(Handler === undefined ? {} : { Handler }),
      ...(Timeout === undefined ? {} : { Timeout }),
      ...(Runtime === undefined ? {} : { Runtime }),
    };
  }

  async #answer(operation: Operation, input: object): Promise<Record<string, unknown>> {
    try {
      const { $metadata, ...members } = await this.call(operation, input);
      const { httpStatusCode } = $metadata as { readonly httpStatusCode?: number };
      return { ...members, ResponseMetadata: { HTTPHeaders: {}, HTTPStatusCode: httpStatusCode } };
    } catch (thrown) {
      const error = thrown as Failure;
      if (error.$metadata?.httpStatusCode === undefined) throw error;
      return {
        Error: { Code: error.name, Message: error.message },
        ResponseMetadata: { HTTPHeaders: {}, HTTPStatusCode: error.$metadata.httpStatusCode },
        ...(error.Type === undefined ? {} : { Type: error.Type }),
        ...(error.Reason === undefined ? {} : { Reason: error.Reason }),
      };
    }
  }
}

/** A recorded answer without what it says twice, and with the answer of the client's own `create` taken out of its wrapper. */
function plain(recorded: unknown): unknown {
  if (typeof recorded !== 'object' || recorded === null) return recorded;
  if ('CreateFunctionResponse' in recorded) return (recorded as Record<string, unknown>).CreateFunctionResponse;
  if (!('Error' in recorded)) return recorded;
  const { message: _, Message: __, ...rest } = recorded as Record<string, unknown>;
  return rest;
}
