import { clients } from '../../tools/models/services.ts';
import type { ClientSettings } from '../harness/start.ts';

type Client = { send(command: unknown): Promise<Record<string, unknown>>; destroy(): void };
type Settings = ClientSettings & { readonly md5?: boolean };

/** What a call came to. */
export type Outcome =
  | { readonly ok: true; readonly output: Record<string, unknown> }
  | { readonly ok: false; readonly code: string; readonly message: string; readonly status: number | undefined };

/** The stock SDK clients of one caller, by service; operations by their names. */
export class Sdk {
  readonly #settings: Settings;
  readonly #clients = new Map<string, { readonly client: Client; readonly module: Record<string, unknown> }>();

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** @throws Error of the SDK */
  async send(service: string, operation: string, input: object = {}): Promise<Record<string, unknown>> {
    const { client, module } = await this.#open(service);
    const Command = module[`${operation}Command`] as (new (input: object) => unknown) | undefined;
    if (Command === undefined) throw new Error(`the SDK has no ${service} ${operation}`);
    return client.send(new Command(input));
  }

  /** As `send`, with refusals as a value. */
  async outcome(service: string, operation: string, input: object): Promise<Outcome> {
    try {
      return { ok: true, output: await this.send(service, operation, input) };
    } catch (error) {
      const { name, message, $metadata } = error as Error & {
        readonly $metadata?: { readonly httpStatusCode?: number };
      };
      if ($metadata?.httpStatusCode === undefined) throw error;
      return { ok: false, code: name, message, status: $metadata.httpStatusCode };
    }
  }

  destroy(): void {
    for (const { client } of this.#clients.values()) client.destroy();
  }

  async #open(service: string) {
    const known = this.#clients.get(service);
    if (known !== undefined) return known;
    const module = (await import(clients[service] ?? '')) as Record<string, unknown>;
    const [, Client] = Object.entries(module).find(([name]) => /^[A-Z]\w*Client$/.test(name)) ?? [];
    const opened = {
      module,
      client: new (Client as new (settings: Settings & { readonly disableHostPrefix: true }) => Client)({
        ...this.#settings,
        // Some operations have hosts of their own, which no name leads to here.
        disableHostPrefix: true,
        // S3 Control's puts the account before the host, which an address cannot have.
        ...(service === 's3control' ? { endpointProvider: () => ({ url: new URL(this.#settings.endpoint) }) } : {}),
      }),
    };
    this.#clients.set(service, opened);
    return opened;
  }
}
