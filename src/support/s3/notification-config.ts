/** Where a bucket's events go. */
export type NotificationTarget = {
  readonly id: string;
  readonly kind: 'queue' | 'topic' | 'function';
  readonly arn: string;
  readonly events: readonly string[];
  readonly prefix: string;
  readonly suffix: string;
  /** The filter as it is shown; undefined where there was none. */
  readonly filter?: object | undefined;
};

export type NotificationConfig = { readonly targets: readonly NotificationTarget[]; readonly eventBridge: boolean };
