import { listen } from './listen.ts';
import { createMetrics, type Metrics } from './metrics.ts';

/** Metrics that Prometheus can ask for. */
export interface ServedMetrics extends Metrics {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Makes metrics and opens the port that Prometheus asks, `GET /metrics` and nothing else. It is no port for the public.
 * @param port undefined: nobody wants any, and counting costs nothing
 * @throws ListenError when the port cannot be had
 */
export async function serveMetrics(port: number | undefined, host: string): Promise<ServedMetrics | undefined> {
  if (port === undefined) return undefined;
  const metrics = await createMetrics();
  const listening = await listen(
    (request, response) => {
      if (request.method !== 'GET' || request.url?.split('?', 1)[0] !== '/metrics') {
        response.writeHead(404).end();
        return;
      }
      metrics.render().then(
        ({ contentType, text }) => response.writeHead(200, { 'content-type': contentType }).end(text),
        () => response.writeHead(500).end(),
      );
    },
    port,
    host,
    'METRICS_PORT',
  );
  return { ...metrics, port: listening.port, close: () => listening.close(0) };
}
