import { type ApiCall, signedRequest, type Target } from './api-call.ts';
import { Connection } from './connection.ts';

/** Calls in flight: group commit needs company. */
const connections = 16;

/** Makes one call. @returns the body @throws Error for every status but 200 */
export async function callOnce(target: Target, call: ApiCall): Promise<string> {
  const [body = ''] = await callAll(target, [call]);
  return body;
}

/** Makes many calls, 16 at a time. @returns the bodies, in the order of the calls @throws Error for every status but 200 */
export async function callAll(target: Target, calls: readonly ApiCall[]): Promise<readonly string[]> {
  const bodies: string[] = [];
  let next = 0;
  const lane = async () => {
    const connection = await Connection.open(target.host, target.port);
    try {
      for (let index = next++; index < calls.length; index = next++) {
        const call = calls[index] as ApiCall;
        const { status, body } = await connection.send(signedRequest(call, target, Date.now()));
        if (status !== 200) throw new Error(`${call.service}:${call.operation} answered ${status}: ${body.toString()}`);
        bodies[index] = body.toString();
      }
    } finally {
      connection.close();
    }
  };
  await Promise.all(Array.from({ length: Math.min(connections, calls.length) }, lane));
  return bodies;
}
