import { failure, invalid, type Operation, refuseRecipient } from './api.ts';

export const GenerateRandom: Operation<'GenerateRandom'> = {
  readOnly: true,
  resource: () => '*',
  handle: ({ NumberOfBytes, CustomKeyStoreId, Recipient }, ctx) => {
    refuseRecipient(Recipient);
    if (CustomKeyStoreId !== undefined) {
      throw failure('CustomKeyStoreNotFoundException', `Custom key store ${CustomKeyStoreId} does not exist`);
    }
    if (NumberOfBytes === undefined) throw invalid('NumberOfBytes is required.');
    return { Plaintext: ctx.random(NumberOfBytes) };
  },
};
