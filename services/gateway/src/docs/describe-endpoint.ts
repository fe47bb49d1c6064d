import type { Dialect } from '@gatehouse/dialects';
import type { JsonSchema, OperationDoc } from '@gatehouse/http';
import { findCredential } from './credentials.ts';
import { describeResponses, faultsOf, type Success } from './describe-responses.ts';
import type { OperationObject } from './hoist-responses.ts';

/** Describes one endpoint as an Operation Object of OpenAPI. */
export function describeEndpoint(dialect: Dialect, operation: OperationDoc): OperationObject {
  const { name, summary, path, access, params, query, body, idempotent } = operation;
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter = '']) => parameter);
  const parameters = [
    ...names.map((parameter) => ({ name: parameter, in: 'path', required: true, schema: propertiesOf(params)[parameter] ?? TEXT })),
    ...queryParameters(query),
    ...(idempotent ? [{ $ref: '#/components/parameters/IdempotencyKey' }] : []),
  ];
  return {
    operationId: name.replace(/\W+/g, '_'),
    summary,
    tags: [tagOf(path)],
    ...(access.scope === undefined ? {} : { description: `Needs the scope \`${access.scope}\`.` }),
    security: securityOf(access.scheme),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === null ? {} : { requestBody: describeBody(body, FORMS) }),
    responses: describeResponses(dialect, successesOf(operation), faultsOf([operation])),
  };
}

const TEXT: JsonSchema = { type: 'string' };
const FORMS = ['application/json', 'application/x-www-form-urlencoded'];

/** The parameters of a query as Parameter Objects. */
export function queryParameters(query: JsonSchema | null): object[] {
  return Object.entries(propertiesOf(query)).map(([name, schema]) => {
    const { description, ...rest } = schema;
    const isRequired = requiredOf(query).includes(name);
    return {
      name,
      in: 'query',
      ...(isRequired ? { required: true } : {}),
      ...(description === undefined ? {} : { description }),
      schema: rest,
    };
  });
}

/** A Request Body Object that takes a schema in several forms. */
export function describeBody(schema: JsonSchema, types: readonly string[]): object {
  const required = requiredOf(schema).length > 0;
  return { ...(required ? { required } : {}), content: Object.fromEntries(types.map((type) => [type, { schema }])) };
}

/** The Security Requirement Objects of a credential: any of its schemes does; none is needed where it has none. */
export function securityOf(scheme: string): object[] {
  return Object.keys(findCredential(scheme).schemes).map((name) => ({ [name]: [] }));
}

/** The members of an object's schema. */
export function propertiesOf(schema: JsonSchema | null): Readonly<Record<string, JsonSchema>> {
  // Made by joi's converter: the members of `properties` are schemas.
  return (schema?.properties ?? {}) as Readonly<Record<string, JsonSchema>>;
}

/** The members that an object must have. */
export function requiredOf(schema: JsonSchema | null): readonly string[] {
  return Array.isArray(schema?.required) ? schema.required : [];
}

function successesOf({ replies }: OperationDoc): Success[] {
  return Object.entries(replies).map(([status, schema]) => ({ status: Number(status), schema }));
}

/** What operations are divided by on the page: the first part of the path; operators have much, so there the second one too. */
function tagOf(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== 'api' && !/^v\d+$/.test(part) && !part.startsWith('{'));
  const names = parts.slice(0, parts[0] === 'admin' ? 2 : 1);
  return names.join(' ').replace(/\.\w+$/, '');
}
