import { type Listening, listen } from './listen.ts';
import type { Metrics } from './metrics.ts';

/**
 * Opens the port that Prometheus asks: `GET /metrics` and nothing else.
 * @throws ListenError when the port cannot be had
 */
export function serveMetrics(metrics: Metrics, port: number, host: string): Promise<Listening> {
  return listen(
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
}
