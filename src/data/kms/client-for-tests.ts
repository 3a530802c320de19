import { strict as assert } from 'node:assert';
import { CreateKeyCommand, type CreateKeyCommandInput, type KMSClient } from '@aws-sdk/client-kms';

/** The id of a new key. */
export async function createKey(kms: KMSClient, input: CreateKeyCommandInput = {}): Promise<string> {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand(input));
  assert.ok(KeyMetadata?.KeyId);
  return KeyMetadata.KeyId;
}

/** Asserts that a call is refused with this code and, where given, exactly this text; the status is 400, as AWS's. */
export async function refused(call: Promise<unknown>, code: string, message?: string): Promise<void> {
  await assert.rejects(call, (error: Error & { $metadata?: { httpStatusCode?: number } }) => {
    assert.equal(error.name, code, error.message);
    assert.equal(error.$metadata?.httpStatusCode, 400);
    if (message !== undefined) assert.equal(error.message, message);
    return true;
  });
}
