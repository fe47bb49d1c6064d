import { setImmediate as breathe } from 'node:timers/promises';
import type { FaultCode } from '@gatehouse/faults';
import type Joi from 'joi';
import type { Route } from './app.ts';
import { type JsonSchema, type JsonSchemaMode, toJsonSchema } from './json-schema.ts';
import type { CommandParameter, Operation } from './operation.ts';

/** What a service tells the gateway of itself for the public documentation, as JSON. */
export interface ServiceDocs {
  readonly operations: readonly OperationDoc[];
  /** Whole HTML pages about a dialect, by its name. */
  readonly pages: Readonly<Record<string, string>>;
}

/** An {@link Operation} with its schemas as JSON Schema. */
export interface OperationDoc {
  readonly dialect: string;
  readonly name: string;
  readonly summary: string;
  readonly methods: readonly string[];
  /** With `{id}` where the path differs. */
  readonly path: string;
  readonly command: CommandParameter | null;
  readonly access: { readonly scheme: string; readonly scope?: string };
  readonly params: JsonSchema | null;
  readonly query: JsonSchema | null;
  readonly body: JsonSchema | null;
  readonly idempotent: boolean;
  readonly replies: Readonly<Record<string, JsonSchema | null>>;
  readonly faults: readonly FaultCode[];
}

/** Describes all that a list of routes does. It is much to be done at once, so that requests are let through in between. */
export async function describeRoutes(routes: readonly Route[]): Promise<ServiceDocs> {
  const described: OperationDoc[] = [];
  for (const { dialect, operations = [] } of routes) {
    for (const operation of operations) {
      described.push(describeOperation(dialect, operation));
      await breathe();
    }
  }
  return {
    operations: described,
    pages: Object.fromEntries(routes.flatMap(({ dialect, page }) => (page === undefined ? [] : [[dialect, page()]]))),
  };
}

function describeOperation(dialect: string, operation: Operation): OperationDoc {
  const { name, summary, methods, path, command = null, access, idempotent, faults } = operation;
  const replies = Object.entries(operation.replies).map(([status, schema]) => [status, convert(schema, 'output')]);
  return {
    dialect,
    name,
    summary,
    methods,
    path: path.replace(/:(\w+)/g, '{$1}'),
    command,
    access: { scheme: access.scheme, ...(access.scope === undefined ? {} : { scope: access.scope }) },
    params: convert(operation.params, 'input'),
    query: convert(operation.query, 'input'),
    body: convert(operation.body, 'input'),
    idempotent,
    replies: Object.fromEntries(replies),
    faults,
  };
}

function convert(schema: Joi.Schema | null | undefined, mode: JsonSchemaMode): JsonSchema | null {
  return schema === undefined || schema === null ? null : toJsonSchema(schema, mode);
}
