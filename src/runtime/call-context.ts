import { strict as assert } from 'node:assert';
import { randomBytes, randomUUID } from 'node:crypto';
import type { Blobs } from '#store/blobs/blobs.ts';
import type { Counters } from '#store/counters/counters.ts';
import type { Seal } from '#store/seal.ts';
import type { AuditRange, AuditWrite, JobWrite } from '#store/store.ts';
import { ServiceError } from '#wire/service-error.ts';
import { validate } from '#wire/validate.ts';
import type { ApiName, OperationName, Output, RawInput } from './api-types.ts';
import { assumedRole } from './assumed-role.ts';
import { authorise } from './authorise.ts';
import type { Call } from './call.ts';
import type { Watch } from './changes.ts';
import type { Collection } from './collection.ts';
import type { AuditResource, CallOptions, Context, HttpExchange, RequestFacts, ServiceEvent } from './context.ts';
import type { Installation } from './installation.ts';
import type { Conditions, ResourceRef } from './operation.ts';
import type { OutboundAnswer, OutboundRequest } from './outbound.ts';
import { type Attempt, find, isDataEvent, isReadOnly, perform } from './perform.ts';
import { type Principal, servicePrincipal } from './principal.ts';
import { Records } from './records.ts';
import { newRequestId } from './request-id.ts';
import type { Service } from './service.ts';
import type { Slot } from './slot.ts';

type Caller = 'principal' | 'account' | 'calledVia' | 'source';

/** What one call in one attempt may use. */
export class CallContext implements Context {
  readonly requestId: string;
  readonly service: string;
  readonly operation: string;
  readonly principal: Principal;
  readonly account: string;
  readonly region: string;
  readonly partition: 'aws';
  readonly now: number;
  readonly request: RequestFacts;
  readonly http: HttpExchange | undefined;
  readonly calledVia: readonly string[];
  readonly records: Records;
  readonly seal: Seal;
  readonly blobs: Blobs;
  readonly counters: Counters;
  readonly #house: Installation;
  readonly #attempt: Attempt;
  readonly #call: Call;
  readonly #host: string;

  constructor(house: Installation, attempt: Attempt, call: Call, service: Service) {
    this.requestId = call.requestId;
    this.service = service.name;
    this.operation = call.operation;
    this.principal = call.principal;
    this.account = call.account;
    this.region = call.region;
    this.partition = house.partition;
    this.now = call.now;
    this.request = call.facts;
    this.http = call.http;
    this.calledVia = call.calledVia;
    this.records = new Records(house.store, attempt.unit, call.account, call.region);
    this.seal = house.seal;
    this.blobs = house.blobs;
    this.counters = house.counters;
    this.#house = house;
    this.#attempt = attempt;
    this.#call = call;
    this.#host = service.host;
  }

  random(length: number): Uint8Array {
    return randomBytes(length);
  }

  uuid(): string {
    return randomUUID();
  }

  async call<A extends ApiName, N extends OperationName<A> & string>(
    api: A,
    operation: N,
    input: RawInput<A, N>,
    options: CallOptions = {},
  ): Promise<Output<A, N>> {
    const house = this.#house;
    const attempt = this.#attempt;
    const model = house.model(api);
    const operationModel = model.operation(operation);
    assert(operationModel !== undefined, `INVARIANT: \`${api}\` has an operation \`${operation}\``);
    attempt.calls = (attempt.calls ?? 0) + 1;
    const inner: Call = {
      ...this.#call,
      staged: this.#call.staged.of(`${attempt.calls} ${api}:${operation}`),
      eventId: newRequestId(),
      http: undefined,
      service: api,
      operation,
      eventSource: `${model.endpointPrefix}.amazonaws.com`,
      operationModel,
      ...(await this.#onBehalf(options)),
      region: options.region ?? this.region,
      input: input as Readonly<Record<string, unknown>>,
      readOnly: isReadOnly(find(house, api, operation).operation, operation),
      dataEvent: isDataEvent(house, api, operation),
      resources: [],
      verdicts: [],
      owners: undefined,
    };
    const invalid = validate(operationModel, inner.input as Record<string, unknown>);
    if (invalid !== undefined) throw invalid;
    try {
      const output = await attempt.unit.nested(() => perform(house, attempt, inner));
      attempt.audits.push(...house.audit(inner, { output }));
      return output as never;
    } catch (error) {
      if (error instanceof ServiceError) attempt.audits.push(...house.audit(inner, { error }));
      throw error;
    }
  }

  /** Who makes a call inside. Services and roles act for themselves, not via this service. */
  async #onBehalf({ as = 'caller', source, account = this.account }: CallOptions): Promise<Pick<Call, Caller>> {
    if (as === 'caller')
      return {
        principal: this.#call.principal,
        account,
        calledVia: [...this.calledVia, this.#host],
        source: undefined,
      };
    if (as === 'service' || 'service' in as) {
      const host = as === 'service' ? this.#host : as.service;
      return { principal: servicePrincipal(host), account, calledVia: [], source };
    }
    const principal = await assumedRole(this.#house, this, this.#host, as, source);
    return { principal, account: principal.account, calledVia: [], source };
  }

  identify(principal: Principal): void {
    this.#call.principal = principal;
    this.#call.account = principal.account;
  }

  signerOf(policy: string, fields: Readonly<Record<string, string | undefined>>): Promise<Principal> {
    return this.#house.authenticateForm(policy, fields, this.now);
  }

  authorise(action: string, resource: ResourceRef, conditions: Conditions = {}): Promise<void> {
    return authorise(this.#house, this.#attempt, this.#call, action, resource, conditions);
  }

  knowsPrincipal(arn: string): Promise<boolean> {
    return this.#house.knowsPrincipal(arn);
  }

  readAudit(range: Omit<AuditRange, 'oldestFirst'>): AsyncIterable<AuditWrite> {
    return this.#house.store.readAudit(range);
  }

  emit(event: ServiceEvent): void {
    const { account, region, now: time } = this;
    this.publish('event', { ...event, id: randomUUID(), time, account, region });
  }

  publish(topic: string, body: unknown): void {
    const { account, region } = this;
    this.#attempt.unit.event({ topic, account, region, body });
  }

  schedule(job: JobWrite): void {
    this.#attempt.unit.job(job);
  }

  audit(resources: readonly AuditResource[]): void {
    this.#call.resources.push(...resources);
  }

  watch<T>(from: Collection<T>, prefix: string): Watch {
    const place = {
      collection: from.name,
      account: from.scope === 'installation' ? '' : this.account,
      region: from.scope === 'regional' ? this.region : '',
    };
    const watch = this.#house.changes.watch(place, prefix);
    this.#attempt.watches.push(watch);
    return watch;
  }

  once<T>(name: string, work: () => Promise<T>): Promise<T> {
    return this.#call.staged.once(name, work);
  }

  local<T>(slot: Slot<T>): T {
    return slot.of(this.#house);
  }

  brought(kind: string, outcome: string, count: number): void {
    this.#house.metrics.brought(this.service, kind, outcome, count);
  }

  fetch(request: OutboundRequest): Promise<OutboundAnswer> {
    return this.#house.outbound(request);
  }
}
