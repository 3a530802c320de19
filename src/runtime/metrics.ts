import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Prometheus metrics of one installation. Names and help are the documentation: docs/metrics.md is generated from them. */
export class Metrics {
  readonly registry = new Registry();
  readonly #calls = new Counter({
    name: 'ringwall_calls_total',
    help: 'Calls answered, by service, operation and error code (`ok` where there was none).',
    labelNames: ['service', 'operation', 'code'],
    registers: [this.registry],
  });
  readonly #seconds = new Histogram({
    name: 'ringwall_call_seconds',
    help: 'Seconds from the last byte of a request to its answer, by service and operation.',
    labelNames: ['service', 'operation'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1, 5],
    registers: [this.registry],
  });
  readonly #conflicts = new Counter({
    name: 'ringwall_commit_conflicts_total',
    help: 'Commits that ran again because another call changed what they had read.',
    registers: [this.registry],
  });
  readonly #jobs = new Counter({
    name: 'ringwall_jobs_total',
    help: 'Scheduled jobs run, by kind and outcome (done, failed).',
    labelNames: ['kind', 'outcome'],
    registers: [this.registry],
  });
  readonly #handedOver = new Counter({
    name: 'ringwall_published_total',
    help: 'Published events handed over, by subscribing service and topic.',
    labelNames: ['service', 'topic'],
    registers: [this.registry],
  });
  readonly #deliveries = new Counter({
    name: 'ringwall_deliveries_total',
    help: 'Messages and events brought to their targets, by service, kind of target and outcome (delivered, filtered, retried, dead-lettered, dropped).',
    labelNames: ['service', 'kind', 'outcome'],
    registers: [this.registry],
  });
  readonly #inFlight = new Gauge({
    name: 'ringwall_requests_in_flight',
    help: 'Requests being answered.',
    registers: [this.registry],
  });

  /** Looked up by one string: services, operations and codes are few, clients cannot make more of them. */
  readonly #series = new Map<
    string,
    { readonly calls: Counter.Internal; readonly seconds: Histogram.Internal<string> }
  >();

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  called(service: string, operation: string, code: string, seconds: number): void {
    const key = `${service}:${operation}:${code}`;
    let series = this.#series.get(key);
    if (series === undefined) {
      series = {
        calls: this.#calls.labels(service, operation, code),
        seconds: this.#seconds.labels(service, operation),
      };
      this.#series.set(key, series);
    }
    series.calls.inc();
    series.seconds.observe(seconds);
  }

  conflicted(): void {
    this.#conflicts.inc();
  }

  ranJob(kind: string, outcome: 'done' | 'failed'): void {
    this.#jobs.inc({ kind, outcome });
  }

  handedOver(service: string, topic: string, events: number): void {
    this.#handedOver.inc({ service, topic }, events);
  }

  brought(service: string, kind: string, outcome: string, count: number): void {
    this.#deliveries.inc({ service, kind, outcome }, count);
  }

  entered(): void {
    this.#inFlight.inc();
  }

  left(): void {
    this.#inFlight.dec();
  }
}
