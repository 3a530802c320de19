const source = 'at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column:';
const decoder = new TextDecoder('utf-8', { fatal: true });

/** Why a payload is no event: undefined for JSON, and for nothing. Texts: recordings, as far as they go. */
export function refusePayload(payload: Uint8Array): string | undefined {
  if (payload.length === 0) return undefined;
  let text: string;
  try {
    text = decoder.decode(payload);
  } catch {
    const at = firstInvalid(payload);
    const byte = (payload[at] ?? 0).toString(16);
    return `Could not parse payload into json: Invalid UTF-8 start byte 0x${byte}\n ${source} ${at + 2}]`;
  }
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    const token = /^\s*([^\s{}[\]",:]{1,50})/.exec(text)?.[1];
    const detail =
      token === undefined
        ? (error as Error).message
        : `Unrecognized token '${token}': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')`;
    return `Could not parse payload into json: ${detail}\n ${source} ${(token?.length ?? 0) + 1}]`;
  }
}

/** Where the bytes stop being UTF-8. */
function firstInvalid(payload: Uint8Array): number {
  let low = 0;
  let high = payload.length;
  const streaming = () => new TextDecoder('utf-8', { fatal: true });
  while (low < high) {
    const middle = (low + high) >> 1;
    try {
      streaming().decode(payload.subarray(0, middle + 1), { stream: true });
      low = middle + 1;
    } catch {
      high = middle;
    }
  }
  return low;
}
