import { recordsOf } from './governance/cloudtrail/shared-record.ts';
import { accountCreation, ruler } from './identity/iam/account-creation.ts';
import {
  authenticator,
  formAuthenticator,
  openAuthenticator,
  openFormAuthenticator,
  sessionPrincipals,
} from './identity/iam/authenticate.ts';
import { authoriser } from './identity/iam/authorise.ts';
import { bootstrap, type RootCredentials } from './identity/iam/bootstrap.ts';
import { explainer } from './identity/iam/explain-decision.ts';
import { issuerDocuments } from './identity/iam/outbound-documents.ts';
import { principalDirectory } from './identity/iam/principal-directory.ts';
import { accounts } from './identity/iam/records.ts';
import { Changes } from './runtime/changes.ts';
import { MovableClock, systemClock } from './runtime/clock.ts';
import { type Config, defaultAccount } from './runtime/config.ts';
import { Dispatcher } from './runtime/dispatcher.ts';
import type { Control, Installation } from './runtime/installation.ts';
import type { Log } from './runtime/log.ts';
import { Metrics } from './runtime/metrics.ts';
import { outbound } from './runtime/outbound.ts';
import { RunningServices } from './runtime/running-services.ts';
import { Scheduler } from './runtime/scheduler.ts';
import type { Service } from './runtime/service.ts';
import { services } from './services.ts';
import { openStorage, RefusedError, type Storage } from './storage.ts';
import type { Counters } from './store/counters/counters.ts';
import { memoryCounters } from './store/counters/memory-counters.ts';
import type { DataSeal } from './store/seal/data-seal.ts';
import type { Store } from './store/store.ts';
import { outboxStreams } from './store/streams/outbox-streams.ts';
import type { Streams } from './store/streams/streams.ts';
import { useMailRelay } from './support/sns/mail-relay.ts';
import { publishedCertificates } from './support/sns/signing.ts';
import { loadModel } from './wire/model/load.ts';

/** A Ringwall in this process: what requests need, and how to end it. */
export type OpenInstallation = {
  readonly house: Installation;
  /** Root credentials, when this start made them. */
  readonly created: RootCredentials | undefined;
  readonly clock: MovableClock;
  readonly scheduler: Scheduler;
  /** Begins the work beside requests: due jobs, published events, the services' own processes. */
  begin(): Promise<void>;
  /** Resolves when nothing due or published is left to do. */
  idle(): Promise<void>;
  /** No call waits any longer: before the server drains. */
  endWaiting(): void;
  close(): Promise<void>;
};

/** Opens (or creates) the data directory and puts everything together. */
export async function openInstallation(
  config: Config,
  version: string,
  log: Log,
  unsealed?: DataSeal,
): Promise<OpenInstallation> {
  const clock = new MovableClock(systemClock);
  const storage = await openStorage(config, clock, unsealed);
  const { store, seal } = storage;
  if (storage.damage.length > 0) log.error({ damage: storage.damage }, 'the database was damaged or altered');
  const created = await bootstrap(store, config.account, clock.now());
  if (created === undefined && config.auth === 'enforce') await refuseOtherAccount(store, config.account, storage);
  const control: Control = {
    now: () => clock.now(),
    advance: (ms) => clock.advance(ms),
    reset: async () => {
      await store.reset();
      clock.reset();
      await bootstrap(store, config.account, clock.now());
    },
  };
  const house: Installation = {
    partition: 'aws',
    region: config.region,
    store,
    seal,
    blobs: storage.blobs,
    counters: await openCounters(config, clock),
    streams: await openStreams(config, storage, services, log),
    changes: new Changes(store, clock),
    services: new Map(services.map((service) => [service.name, service])),
    model: loadModel,
    authenticate: config.auth === 'open' ? openAuthenticator(seal, config.account) : authenticator(store, seal, clock),
    authenticateForm: config.auth === 'open' ? openFormAuthenticator(config.account) : formAuthenticator(store, seal),
    sessionPrincipal: sessionPrincipals(store, seal),
    authorise: authoriser(store, seal),
    audit: recordsOf,
    explain: explainer(store),
    rulesAll: ruler(store),
    createAccount: accountCreation(store, clock),
    knowsPrincipal: principalDirectory(store),
    publish: issuerDocuments(store),
    certificates: publishedCertificates(store),
    clock,
    wakeScheduler: () => scheduler.wake(),
    wakeDispatcher: (topics) => dispatcher.wake(topics),
    outbound,
    endpoint: { url: undefined },
    log,
    metrics: new Metrics(),
    version,
    storeKind: storage.kind,
    sealKind: storage.sealKind,
    scratch: config.memory ? undefined : config.data,
    ...(config.auth === 'open' && config.resetRoute ? { control } : {}),
  };
  useMailRelay(house, config);
  const scheduler = new Scheduler(house);
  const dispatcher = new Dispatcher(house);
  const running = new RunningServices(house);
  clock.onMove(() => scheduler.wake());
  return {
    house,
    created,
    clock,
    scheduler,
    begin: async () => {
      await running.begin();
      dispatcher.wake();
      scheduler.wake();
    },
    idle: async () => {
      while (scheduler.busy || dispatcher.busy) await Promise.all([scheduler.idle(), dispatcher.idle()]);
    },
    endWaiting: () => house.changes.end(),
    close: async () => {
      house.changes.end();
      await running.stop();
      await dispatcher.stop();
      await scheduler.stop();
      await house.streams.close();
      await house.counters.close();
      await storage.close();
    },
  };
}

async function openCounters({ valkey }: Config, clock: MovableClock): Promise<Counters> {
  if (valkey === undefined) return memoryCounters(clock);
  const { openValkeyCounters } = await import('./store/counters/valkey-counters.ts');
  return openValkeyCounters(valkey);
}

async function openStreams(
  { nats }: Config,
  { store, seal }: Storage,
  all: readonly Service[],
  log: Log,
): Promise<Streams> {
  if (nats === undefined) return outboxStreams(store);
  const { openJetStreams } = await import('./store/streams/jet-streams.ts');
  const topics = [...new Set(all.flatMap(({ subscribers = {} }) => Object.keys(subscribers)))];
  const failed = (err: unknown) => log.error({ err }, 'published events could not be carried to NATS');
  return openJetStreams({ servers: nats, store, seal, topics: () => topics, failed });
}

/** `--account` names the account of the first start; later it can only be one that is there. */
async function refuseOtherAccount(store: Store, account: string, storage: Storage): Promise<void> {
  const known = await store.get({ collection: accounts.name, account: '', region: '', id: account });
  if (known !== undefined || account === defaultAccount) return;
  await storage.close();
  throw new RefusedError(`there is no account ${account} here; \`ringwall account create ${account}\` makes it`);
}
