import type { Ajv2020 } from 'ajv/dist/2020.js';

/** An OpenAPI document, as far as tests look into it. */
export interface OpenApiDocument {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, object>>;
    readonly responses: Readonly<Record<string, DocumentedResponse>>;
  };
}

/** An Operation Object. */
export interface DocumentedOperation {
  readonly operationId: string;
  readonly requestBody?: { readonly content: Readonly<Record<string, object>> };
  readonly responses: Readonly<Record<string, DocumentedResponse | { readonly $ref: string }>>;
}

interface DocumentedResponse {
  readonly content?: Readonly<
    Record<string, { readonly schema: object; readonly examples?: Readonly<Record<string, { value: unknown }>> }>
  >;
}

/** A reply, as much as a document speaks of. */
export interface PlainReply {
  readonly status: number;
  readonly type: string | undefined;
  readonly body: unknown;
}

/** The operation that a document has for a call. */
export function findOperation(document: OpenApiDocument, method: string, path: string): DocumentedOperation | undefined {
  const candidates = Object.keys(document.paths).filter((template) => new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`).test(path));
  // A path without a variable part stands before one with it.
  const [found] = candidates.sort((a, b) => a.split('{').length - b.split('{').length);
  return found === undefined ? undefined : document.paths[found]?.[method.toLowerCase()];
}

/** A response of an operation, also where the document refers to one. */
export function findResponse(document: OpenApiDocument, operation: DocumentedOperation, status: number): DocumentedResponse | undefined {
  const found = operation.responses[String(status)];
  if (found === undefined || !('$ref' in found)) return found;
  return document.components.responses[found.$ref.replace('#/components/responses/', '')];
}

/**
 * What is wrong with a reply by the document's word.
 * @param command the schema of a command's own reply, where one path has many
 * @returns null when the reply is as documented
 */
export function findMistake(
  ajv: Ajv2020,
  document: OpenApiDocument,
  operation: DocumentedOperation,
  reply: PlainReply,
  command?: string,
): string | null {
  const response = findResponse(document, operation, reply.status);
  if (response === undefined) return `status ${reply.status} is not documented`;
  if (response.content === undefined) return reply.body === null ? null : 'a body is not documented';
  const media = reply.type === undefined ? undefined : response.content[reply.type];
  if (media === undefined) return `${reply.type} is not documented`;
  const isOfCommand = command !== undefined && reply.status === 200;
  const schema = isOfCommand ? { $ref: `#/components/schemas/${command}.reply` } : media.schema;
  const validate = ajv.compile({ ...schema, components: document.components });
  return validate(reply.body) ? null : ajv.errorsText(validate.errors);
}
