import type { Dialect } from '@gatehouse/dialects';
import type { JsonSchema, OperationDoc } from '@gatehouse/http';
import { findCredential } from './credentials.ts';
import { describeBody, propertiesOf, queryParameters, requiredOf, securityOf } from './describe-endpoint.ts';
import { describeResponses, faultsOf } from './describe-responses.ts';
import type { OperationObject } from './hoist-responses.ts';

const FORMS = ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data'];

/** What a path with many commands adds to a document: one Operation Object a method, and the schemas that they refer to. */
export interface CommandsDoc {
  readonly operations: Readonly<Record<string, OperationObject>>;
  readonly schemas: Readonly<Record<string, JsonSchema>>;
}

/**
 * Describes a path where a parameter tells which of many commands is meant. OpenAPI knows one operation a path and method: what the
 * query may be is told as the sum of all commands, what a body may be and what is answered command by command.
 */
export function describeCommands(dialect: Dialect, commands: readonly OperationDoc[]): CommandsDoc {
  const methods = [...new Set(commands.flatMap((command) => command.methods))];
  const operations = methods.map((method): [string, OperationObject] => {
    return [
      method.toLowerCase(),
      describeMethod(
        dialect,
        method,
        commands.filter((command) => command.methods.includes(method)),
      ),
    ];
  });
  const schemas = commands.flatMap((command): [string, JsonSchema][] => [
    [callName(command), callSchema(command)],
    [replyName(command), { ...command.replies[200], title: `What ${command.name} answers` }],
  ]);
  return { operations: Object.fromEntries(operations), schemas: Object.fromEntries(schemas) };
}

function describeMethod(dialect: Dialect, method: string, commands: readonly OperationDoc[]): OperationObject {
  const [first] = commands;
  const credentials = [...new Set(commands.map(({ access }) => access.scheme))];
  const input =
    method === 'GET'
      ? { parameters: [commandParameter(commands), ...unionParameters(commands)] }
      : {
          requestBody: describeBody(
            { anyOf: commands.map((command) => refer(callName(command))), required: requiredNames(commands) },
            FORMS,
          ),
        };
  const reply = { anyOf: commands.map((command) => refer(replyName(command))) };
  return {
    operationId: `callBy${method === 'GET' ? 'Get' : 'Post'}`,
    summary: `Calls the command that ${first?.command?.name} names`,
    tags: ['commands'],
    description: commands.map(tellCommand).join('\n\n'),
    // Where the body may hold the credential, none is needed in its own place.
    security: [...credentials.flatMap(securityOf), ...(method === 'GET' && !credentials.includes('none') ? [] : [{}])],
    ...input,
    responses: describeResponses(
      dialect,
      [{ status: 200, schema: reply }],
      faultsOf(method === 'GET' ? commands.map(withoutBody) : commands),
    ),
  };
}

/** A command whose parameters stand in the query. */
function withoutBody(command: OperationDoc): OperationDoc {
  return { ...command, query: command.body, body: null };
}

/** A command for people, as Markdown. */
function tellCommand({ name, summary, body, access }: OperationDoc): string {
  const rows = Object.entries(propertiesOf(body)).map(([parameter, schema]) => {
    const isRequired = requiredOf(body).includes(parameter);
    return `| \`${parameter}\` | ${isRequired ? 'required' : 'optional'} | ${tellValue(schema)} |`;
  });
  const table = rows.length === 0 ? [] : ['', '| parameter | | value |', '|---|---|---|', ...rows];
  const needs = access.scope === undefined ? '' : ` Needs a ${access.scope} key.`;
  return [`### ${name}`, `${summary.replace(/\.$/, '')}.${needs}`, ...table].join('\n');
}

function tellValue({ type, description, minimum, maximum, maxLength, enum: values }: JsonSchema): string {
  const parts = [
    description,
    description === undefined || type === 'integer' ? type : undefined,
    minimum === undefined ? undefined : `from ${String(minimum)}`,
    maximum === undefined ? undefined : `to ${String(maximum)}`,
    maxLength === undefined ? undefined : `at most ${String(maxLength)} characters`,
    Array.isArray(values) ? `one of ${values.length}` : undefined,
  ];
  return parts
    .filter((part) => part !== undefined)
    .join(', ')
    .replaceAll('|', '\\|');
}

function commandParameter(commands: readonly OperationDoc[]): object {
  const [first] = commands;
  const preset = first?.command?.preset;
  return {
    name: first?.command?.name,
    in: 'query',
    ...(preset === undefined ? { required: true } : {}),
    schema: { enum: commands.map(({ name }) => name), ...(preset === undefined ? {} : { default: preset }) },
  };
}

/** All parameters of all commands. One that several take in different ways may be any of them. */
function unionParameters(commands: readonly OperationDoc[]): object[] {
  const byName = new Map<string, { takers: string[]; told: Set<unknown>; schemas: Map<string, JsonSchema> }>();
  for (const { name, body } of commands) {
    for (const [parameter, { description, ...schema }] of Object.entries(propertiesOf(body))) {
      const known = byName.get(parameter) ?? { takers: [], told: new Set<unknown>(), schemas: new Map<string, JsonSchema>() };
      known.takers.push(name);
      if (description !== undefined) known.told.add(description);
      known.schemas.set(JSON.stringify(schema), schema);
      byName.set(parameter, known);
    }
  }
  const properties = [...byName].map(([parameter, { takers, told, schemas }]) => {
    const forms = [...schemas.values()];
    const schema = forms.length === 1 ? forms[0] : { anyOf: forms };
    return [parameter, { ...schema, description: `Of ${takers.join(', ')}${told.size === 1 ? `. ${[...told].join()}` : ''}` }];
  });
  return queryParameters({ properties: Object.fromEntries(properties) });
}

/** A call in a body: the command, its parameters, and the credential where it may stand there. Other members are ignored. */
function callSchema({ name, command, body, access }: OperationDoc): JsonSchema {
  const { bodyParameter } = findCredential(access.scheme);
  const isPreset = command?.preset === name;
  return {
    title: name,
    type: 'object',
    properties: {
      ...(bodyParameter === undefined ? {} : { [bodyParameter]: { type: 'string' } }),
      ...(command === null ? {} : { [command.name]: { const: name } }),
      ...propertiesOf(body),
    },
    required: [...(command === null || command.preset !== undefined ? [] : [command.name]), ...requiredOf(body)],
    ...(isPreset ? { description: `Also meant when \`${command.name}\` is left out` } : {}),
  };
}

/** What every body must have. */
function requiredNames(commands: readonly OperationDoc[]): string[] {
  return [...new Set(commands.flatMap(({ command }) => (command === null || command.preset !== undefined ? [] : [command.name])))];
}

function callName({ name }: OperationDoc): string {
  return `${name}.call`;
}

function replyName({ name }: OperationDoc): string {
  return `${name}.reply`;
}

function refer(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}
