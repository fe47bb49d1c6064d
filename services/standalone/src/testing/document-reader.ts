import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

/** An OpenAPI document, as far as tests look into it. */
export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, object>>;
    readonly responses: Readonly<Record<string, DocumentedResponse>>;
  };
}

interface DocumentedOperation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, DocumentedResponse | { readonly $ref: string }>>;
}

interface DocumentedResponse {
  readonly content?: Readonly<Record<string, { readonly examples?: Readonly<Record<string, { readonly value: unknown }>> }>>;
}

/** A real reply, as much as a document speaks of. */
export interface PlainReply {
  readonly method: string;
  readonly path: string;
  /** The command that was called, where one path has many. */
  readonly command: string | undefined;
  readonly status: number;
  readonly type: string | undefined;
  /** Null: none. */
  readonly body: unknown;
}

/** Holds replies against a document. */
export interface DocumentReader {
  /** @returns what is wrong with a reply by the document's word; null when it is as documented */
  findMistake(reply: PlainReply): string | null;
  /** Every example of an error that does not fit the schema of errors. */
  findWrongExamples(): readonly string[];
}

/** Makes the reader of a document. */
export function createDocumentReader(document: OpenApiDocument): DocumentReader {
  // OpenAPI adds keywords of its own to JSON Schema, and joi a format (`base64`) that is no registered one.
  const ajv = new Ajv2020({ strict: false, formats: { base64: true } });
  formats.default(ajv);
  ajv.addSchema({ ...document, $id: 'api' });

  function check(pointer: readonly string[], value: unknown): string | null {
    const validate = ajv.getSchema(`api#/${pointer.map(escapePointer).join('/')}`);
    if (validate === undefined) return `no schema at ${pointer.join(' ')}`;
    return validate(value) ? null : ajv.errorsText(validate.errors);
  }

  /** Where a response stands, also when the document only refers to it there. */
  function locate(path: string, method: string, status: string): { pointer: readonly string[]; response: DocumentedResponse } | null {
    const response = document.paths[path]?.[method]?.responses[status];
    if (response === undefined) return null;
    if (!('$ref' in response)) return { pointer: ['paths', path, method, 'responses', status], response };
    const name = response.$ref.replace('#/components/responses/', '');
    const shared = document.components.responses[name];
    return shared === undefined ? null : { pointer: ['components', 'responses', name], response: shared };
  }

  return {
    findMistake({ method, path, command, status, type = '', body }) {
      const template = findTemplate(Object.keys(document.paths), path);
      const found = locate(template, method.toLowerCase(), String(status));
      if (found === null) return `${method} ${template} with ${status} is not documented`;
      const { content } = found.response;
      if (content === undefined) return body === null ? null : 'a body is not documented';
      if (command !== undefined && status === 200) return check(['components', 'schemas', `${command}.reply`], body);
      return check([...found.pointer, 'content', type, 'schema'], body);
    },
    findWrongExamples() {
      const places = Object.entries(document.paths).flatMap(([path, operations]) =>
        Object.entries(operations).flatMap(([method, { responses }]) =>
          Object.keys(responses).map((status) => locate(path, method, status)),
        ),
      );
      const distinct = new Map(places.flatMap((place) => (place === null ? [] : [[place.pointer.join(' '), place]])));
      return [...distinct.values()].flatMap(({ pointer, response }) =>
        Object.values(response.content ?? {}).flatMap(({ examples = {} }) =>
          Object.entries(examples).flatMap(([name, { value }]) => {
            const mistake = check(['components', 'schemas', 'Error'], value);
            return mistake === null ? [] : [`${name} at ${pointer.join(' ')}: ${mistake}`];
          }),
        ),
      );
    },
  };
}

/** The path pattern that a path is meant by: one without a variable part stands before one with it. */
function findTemplate(templates: readonly string[], path: string): string {
  const fitting = templates.filter((template) => new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`).test(path));
  return fitting.sort((a, b) => a.split('{').length - b.split('{').length)[0] ?? path;
}

/** RFC 6901, in the fragment of a URI. */
function escapePointer(part: string): string {
  return encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));
}
