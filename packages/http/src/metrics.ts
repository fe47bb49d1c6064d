import { isFaultCode } from '@gatehouse/faults';

/** One request that was answered. Every member is of a bounded set: nothing that a client sent stands in a label. */
export interface RequestSample {
  /** The process or part of it that answered: `gateway`, `licensing`, … */
  readonly service: string;
  readonly dialect: string;
  /** The path pattern, such as `/keys/:keyId`; `unknown` where there is none. */
  readonly route: string;
  /** The name of the endpoint or command. */
  readonly endpoint: string;
  readonly method: string;
  readonly status: number;
  /** The fault that it ended in. */
  readonly fault: unknown;
  readonly durationMs: number;
}

/** What a gauge reads when it is asked: a number, or numbers by the value of its one label. */
export type Reading = number | Readonly<Record<string, number>>;

/** The numbers of one process, for Prometheus. */
export interface Metrics {
  count(sample: RequestSample): void;
  /**
   * Adds a number that is read when it is asked for.
   * @param label the name of its label, where `read` gives several numbers
   */
  gauge(name: string, help: string, read: () => Reading, label?: string): void;
  /** All numbers in Prometheus's text form. */
  render(): Promise<{ readonly contentType: string; readonly text: string }>;
}

/** Seconds: from what a cached look-up takes to the gateway's time limit. */
const DURATION_BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Makes the numbers of one process, with those of Node itself (memory, event-loop delay, garbage collection). */
export async function createMetrics(): Promise<Metrics> {
  // Loaded only where somebody counts.
  const { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } = await import('prom-client');
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: 'http_requests_total',
    help: 'Requests answered',
    labelNames: ['service', 'dialect', 'route', 'endpoint', 'method', 'status'],
    registers,
  });
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the head of a request to the end of its answer',
    labelNames: ['service', 'dialect', 'route', 'endpoint', 'method'],
    buckets: DURATION_BUCKETS_SECONDS,
    registers,
  });
  const refusals = new Counter({
    name: 'gatehouse_refusals_total',
    help: 'Requests that ended in a fault, by its code',
    labelNames: ['service', 'dialect', 'fault'],
    registers,
  });

  return {
    count({ service, dialect, route, endpoint, method: sent, status, fault, durationMs }) {
      const method = METHODS.has(sent) ? sent : 'other';
      requests.inc({ service, dialect, route, endpoint, method, status });
      durations.observe({ service, dialect, route, endpoint, method }, durationMs / 1000);
      if (isFaultCode(fault)) refusals.inc({ service, dialect, fault });
    },
    gauge(name, help, read, label) {
      const labelNames = label === undefined ? [] : [label];
      new Gauge({
        name,
        help,
        labelNames,
        registers,
        collect() {
          const reading = read();
          if (typeof reading === 'number') return this.set(reading);
          for (const [value, number] of Object.entries(reading)) this.set({ [label ?? 'state']: value }, number);
        },
      });
    },
    render: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}

/** Adds whether Redis answers, and whether limits are counted without it. */
export function watchRedis(metrics: Metrics, redis: { status(): 'ready' | 'lost' } | undefined): void {
  if (redis === undefined) return;
  const isUp = () => redis.status() === 'ready';
  metrics.gauge('gatehouse_redis_up', 'Whether Redis answers', () => Number(isUp()));
  metrics.gauge('gatehouse_limiter_degraded', 'Whether limits are counted in this process alone, without Redis', () => Number(!isUp()));
}
