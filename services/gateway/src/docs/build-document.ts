import type { Dialect } from '@gatehouse/dialects';
import type { JsonSchema, OperationDoc } from '@gatehouse/http';
import { findCredential } from './credentials.ts';
import { describeCommands } from './describe-commands.ts';
import { describeEndpoint } from './describe-endpoint.ts';
import { RESPONSE_HEADERS } from './describe-responses.ts';
import { hoistResponses, type OperationObject } from './hoist-responses.ts';

/** What a document is made of. */
export interface DocumentParts {
  readonly dialect: Dialect;
  /** All operations of the dialect. */
  readonly operations: readonly OperationDoc[];
  readonly version: string;
  /** A page about the same API, if there is one. */
  readonly page: string | null;
}

/** An OpenAPI 3.1 document. */
export type OpenApiDocument = Readonly<Record<string, unknown>>;

/** Builds the OpenAPI 3.1 document of a dialect from what its service does. */
export function buildDocument({ dialect, operations, version, page }: DocumentParts): OpenApiDocument {
  const { paths: described, schemas } = describePaths(dialect, operations);
  const { paths, responses } = hoistResponses(described);
  const takesKeys = operations.some(({ idempotent }) => idempotent);
  const credentials = operations.map(({ access }) => findCredential(access.scheme).schemes);
  return {
    openapi: '3.1.0',
    info: {
      title: dialect.title,
      version,
      description: page === null ? dialect.about : `${dialect.about}\n\n[All commands on one page](${page})`,
    },
    // Relative: right wherever the gateway is reached.
    servers: [{ url: '/' }],
    ...(page === null ? {} : { externalDocs: { url: page, description: 'All commands on one page' } }),
    paths,
    components: {
      schemas: { Error: dialect.errorSchema, ...schemas },
      responses,
      headers: RESPONSE_HEADERS,
      ...(takesKeys ? { parameters: { IdempotencyKey: IDEMPOTENCY_KEY } } : {}),
      securitySchemes: Object.assign({}, ...credentials),
    },
  };
}

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  description: 'The same request with the same key within 24 hours gets the first answer again; another request with it is refused (422).',
  schema: { type: 'string', pattern: '^[\\x21-\\x7e]{1,255}$' },
};

function describePaths(dialect: Dialect, operations: readonly OperationDoc[]) {
  const paths: Record<string, Readonly<Record<string, OperationObject>>> = {};
  const schemas: Record<string, JsonSchema> = {};
  for (const [path, its] of groupByPath(operations)) {
    if (its.some(({ command }) => command !== null)) {
      const commands = describeCommands(dialect, its);
      paths[path] = commands.operations;
      Object.assign(schemas, commands.schemas);
    } else {
      const described = its.flatMap((operation) =>
        operation.methods.map((method) => [method.toLowerCase(), describeEndpoint(dialect, operation)]),
      );
      paths[path] = Object.fromEntries(described);
    }
  }
  return { paths, schemas };
}

function groupByPath(operations: readonly OperationDoc[]): Map<string, readonly OperationDoc[]> {
  const groups = new Map<string, readonly OperationDoc[]>();
  for (const operation of operations) groups.set(operation.path, [...(groups.get(operation.path) ?? []), operation]);
  return groups;
}
