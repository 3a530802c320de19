import { type Config } from '#runtime/config.ts';
import type { RootCredentials } from '../../src/identity/iam/bootstrap.ts';
import { type OpenInstallation } from '../../src/installation.ts';
/** A real server on a free port of loopback, in this process; memory store unless told otherwise. */
export type Ringwall = {
  readonly endpoint: string;
  readonly port: number;
  readonly account: string;
  readonly root: RootCredentials;
  /** Settings for an SDK client with the root credentials. */
  readonly client: ClientSettings;
  /** Settings for other credentials or another region. */
  as(
    credentials: {
      readonly accessKeyId: string;
      readonly secretAccessKey: string;
      readonly sessionToken?: string;
    },
    region?: string,
  ): ClientSettings;
  /** Moves the clock, and waits until the work that became due is done. */
  advance(ms: number): Promise<void>;
  readonly installation: OpenInstallation;
  stop(): Promise<void>;
};
export type ClientSettings = {
  readonly endpoint: string;
  readonly region: string;
  readonly maxAttempts: number;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
};
/** @example const ringwall = await startRingwall(); after(() => ringwall.stop()); const iam = new IAMClient(ringwall.client); */
export declare function startRingwall(flags?: Partial<Config> & Record<string, unknown>): Promise<Ringwall>;
