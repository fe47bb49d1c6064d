import type { IncomingMessage, ServerResponse } from 'node:http';
import { readVersion } from '@gatehouse/config';
import { DIALECTS, type Dialect, type ServiceName } from '@gatehouse/dialects';
import { Fault } from '@gatehouse/faults';
import type { Logger, ServiceDocs } from '@gatehouse/http';
import { buildDocument } from './build-document.ts';
import { createDocsCollector } from './collect-docs.ts';
import { DOCS_CSP, DOCS_PAGE, PLAIN_PAGE_CSP } from './docs-page.ts';
import { loadAsset } from './load-assets.ts';

/** What {@link createDocs} takes. */
export interface DocsOptions {
  readonly upstreams: Readonly<Record<ServiceName, string>>;
  readonly log: Logger;
}

/** Answers for the public documentation. */
export interface Docs {
  /**
   * Answers `/docs`, `/docs/{dialect}`, `/docs/assets/*` and `/openapi/{dialect}.json`.
   * @returns whether the path was one of them
   * @throws Fault METHOD_NOT_ALLOWED, UNKNOWN_ROUTE, SERVICE_DOWN
   */
  answer(path: string, request: IncomingMessage, response: ServerResponse): Promise<boolean>;
}

/** Something to be shown. */
interface Page {
  readonly type: string;
  readonly body: Buffer | string;
  readonly gzipped?: Buffer;
  /** How long a browser may keep it, in seconds. */
  readonly maxAgeSeconds: number;
  readonly csp?: string;
}

const HTML = 'text/html; charset=utf-8';
const PAGE_AGE_SECONDS = 60;
const ASSET_AGE_SECONDS = 3_600;

/** Makes the documentation: one OpenAPI document a dialect, made of what the services tell of themselves, and a page to browse them. */
export function createDocs({ upstreams, log }: DocsOptions): Docs {
  const collect = createDocsCollector({ urls: Object.values(upstreams), log });
  const documents = new WeakMap<readonly ServiceDocs[], Map<string, string>>();

  async function findPage(path: string): Promise<Page | null> {
    if (path === '/docs' || path === '/docs/') return { type: HTML, body: DOCS_PAGE, maxAgeSeconds: PAGE_AGE_SECONDS, csp: DOCS_CSP };
    const asset = path.startsWith('/docs/assets/') ? await loadAsset(path.slice('/docs/assets/'.length)) : null;
    if (asset !== null) return { ...asset, body: asset.bytes, maxAgeSeconds: ASSET_AGE_SECONDS };
    const [, name = ''] = /^\/openapi\/([a-z-]+)\.json$/.exec(path) ?? [];
    const document = name === '' ? null : await findDocument(name);
    if (document !== null) return { type: 'application/json', body: document, maxAgeSeconds: PAGE_AGE_SECONDS };
    const page = path.startsWith('/docs/') ? findServicePage(await collect(), path.slice('/docs/'.length)) : undefined;
    return page === undefined ? null : { type: HTML, body: page, maxAgeSeconds: PAGE_AGE_SECONDS, csp: PLAIN_PAGE_CSP };
  }

  async function findDocument(name: string): Promise<string | null> {
    const dialect = DIALECTS.find((one) => one.name === name);
    if (dialect === undefined) return null;
    const services = await collect();
    const built = documents.get(services) ?? new Map<string, string>();
    documents.set(services, built);
    const document = built.get(name) ?? buildText(dialect, services);
    built.set(name, document);
    return document;
  }

  function buildText(dialect: Dialect, services: readonly ServiceDocs[]): string {
    const { name } = dialect;
    const operations = services.flatMap((docs) => docs.operations).filter((operation) => operation.dialect === name);
    const page = findServicePage(services, name) === undefined ? null : `/docs/${name}`;
    return JSON.stringify(buildDocument({ dialect, operations, page, version: readVersion() }));
  }

  return {
    async answer(path, request, response) {
      if (!/^\/(docs|openapi)(\/|$)/.test(path)) return false;
      const page = await findPage(path);
      if (page === null) throw new Fault('UNKNOWN_ROUTE');
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        throw new Fault('METHOD_NOT_ALLOWED', { headers: { allow: 'GET, HEAD' } });
      }
      send(page, request, response);
      return true;
    },
  };
}

function findServicePage(services: readonly ServiceDocs[], dialect: string): string | undefined {
  return services.map(({ pages }) => (Object.hasOwn(pages, dialect) ? pages[dialect] : undefined)).find((page) => page !== undefined);
}

function send({ type, body, gzipped, maxAgeSeconds, csp }: Page, request: IncomingMessage, response: ServerResponse): void {
  const isGzipTaken = gzipped !== undefined && /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
  const bytes = isGzipTaken ? gzipped : Buffer.from(body);
  response.setHeader('content-type', type);
  response.setHeader('content-length', bytes.length);
  response.setHeader('cache-control', `public, max-age=${maxAgeSeconds}`);
  response.setHeader('referrer-policy', 'no-referrer');
  response.setHeader('x-frame-options', 'DENY');
  if (csp !== undefined) response.setHeader('content-security-policy', csp);
  if (gzipped !== undefined) response.setHeader('vary', 'accept-encoding');
  if (isGzipTaken) response.setHeader('content-encoding', 'gzip');
  response.end(request.method === 'HEAD' ? undefined : bytes);
}
