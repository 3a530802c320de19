/** How an asynchronous event ended. */
export type Outcome = {
  readonly condition: 'Success' | 'RetriesExhausted' | 'EventAgeExceeded' | 'ZeroReservedConcurrency';
  readonly invocations: number;
  readonly version?: string;
  readonly failed?: boolean;
  /** What the function answered last, usually JSON. */
  readonly response?: string;
};

export type RecordInput = {
  readonly time: number;
  readonly requestId: string;
  readonly functionArn: string;
  /** JSON. */
  readonly request: string;
  readonly outcome: Outcome;
};

/** The record that destinations get ("Capturing records of Lambda asynchronous invocations"; recordings). JSON. */
export function destinationRecord({ time, requestId, functionArn, request, outcome }: RecordInput): string {
  const { condition, invocations, version, failed, response } = outcome;
  const answered = version !== undefined && response !== undefined;
  return JSON.stringify({
    version: '1.0',
    timestamp: new Date(time).toISOString(),
    requestContext: { requestId, functionArn, condition, approximateInvokeCount: invocations },
    requestPayload: parsed(request === '' ? '{}' : request),
    ...(answered
      ? {
          responseContext: {
            statusCode: 200,
            executedVersion: version,
            ...(failed === true ? { functionError: 'Unhandled' } : {}),
          },
          responsePayload: parsed(response),
        }
      : {}),
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
