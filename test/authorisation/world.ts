import type { Question } from '#runtime/installation.ts';
import type { CommitUnit } from '#store/store.ts';
import { type ClientSettings, type Ringwall, startRingwall } from '../harness/start.ts';
import type { Inputs } from './inputs.ts';
import { Sdk } from './sdk.ts';
import { serviceCases } from './services.ts';
import { stock, type Stock as Things, tags } from './stock.ts';

/** What the account has, and the inputs of the services that bring their own. */
export type Stock = Things & { readonly services: Readonly<Record<string, Inputs>> };

/** A server with something of everything in its account, whose every question to the policy engine is noted. */
export type World = {
  readonly ringwall: Ringwall;
  readonly root: Sdk;
  readonly stock: Stock;
  /** A new user, with a password and an access key of its own, and the statements as its one policy. */
  newUser(name: string, statements: readonly Statement[]): Promise<TestUser>;
  /** The questions that the policy engine was asked meanwhile. Wait for one call before the next. */
  questionsOf<T>(call: () => Promise<T>): Promise<{ readonly result: T; readonly questions: readonly Question[] }>;
  /** Whether calls change anything: while frozen, what they write is dropped, and each finds the same world. */
  freeze(frozen: boolean): void;
  stop(): Promise<void>;
};

export type Statement = { readonly Action: string; readonly Resource: string };

export type TestUser = {
  readonly arn: string;
  readonly sdk: Sdk;
  /** Replaces the policy. */
  allow(statements: readonly Statement[]): Promise<void>;
};

/** The password that every user has. */
export const password = 'Correct-Horse-7';

export async function openWorld(): Promise<World> {
  const ringwall = await startRingwall();
  const { house } = ringwall.installation;
  const root = new Sdk(ringwall.client);
  const opened: Sdk[] = [root];

  let noted: Question[] | undefined;
  const { authorise } = house;
  const commit = house.store.commit.bind(house.store);
  let frozen = false;
  Object.assign(house, {
    authorise: (question: Question) => {
      // What a service does for itself, or as a role, no policy of the caller opens.
      if (!['service', 'assumed-role'].includes(question.principal.kind)) noted?.push(question);
      return authorise(question);
    },
  });
  Object.assign(house.store, {
    commit: (unit: CommitUnit) => commit(frozen ? { ...unit, writes: [], jobs: [], events: [] } : unit),
  });

  const sdkOf = (settings: ClientSettings): Sdk => {
    const sdk = new Sdk(settings);
    opened.push(sdk);
    return sdk;
  };

  const stop = async () => {
    for (const sdk of opened) sdk.destroy();
    await ringwall.stop();
  };
  // A server that nobody stops would keep the test from ending.
  const fill = async (): Promise<Stock> => {
    const things = await stock(ringwall, root);
    const services: Record<string, Inputs> = {};
    for (const { service, stock: fillService } of serviceCases) services[service] = await fillService(root, ringwall);
    return { ...things, services };
  };
  const contents = await fill().catch(async (error: unknown) => {
    await stop();
    throw error;
  });

  return {
    ringwall,
    root,
    stock: contents,
    newUser: async (UserName, statements) => {
      await root.send('iam', 'CreateUser', { UserName, Tags: tags });
      await root.send('iam', 'CreateLoginProfile', { UserName, Password: password });
      const { AccessKey } = (await root.send('iam', 'CreateAccessKey', { UserName })) as {
        readonly AccessKey: { readonly AccessKeyId: string; readonly SecretAccessKey: string };
      };
      const allow = async (list: readonly Statement[]) => {
        const Statement = list.map((each) => ({ Effect: 'Allow', ...each }));
        const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
        await root.send('iam', 'PutUserPolicy', { UserName, PolicyName: 'may', PolicyDocument });
      };
      if (statements.length > 0) await allow(statements);
      return {
        arn: `arn:aws:iam::${ringwall.account}:user/${UserName}`,
        sdk: sdkOf(ringwall.as({ accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey })),
        allow,
      };
    },
    questionsOf: async (call) => {
      const questions: Question[] = [];
      noted = questions;
      try {
        return { result: await call(), questions };
      } finally {
        noted = undefined;
      }
    },
    freeze: (value) => {
      frozen = value;
    },
    stop,
  };
}
