import type Joi from 'joi';
import type { Method } from './method.ts';
import { METHODS } from './methods.ts';

/** A method as its documentation tells it. */
export interface MethodDoc {
  readonly name: string;
  readonly section: string;
  readonly summary: string;
  readonly verbs: readonly string[];
  readonly access: Method['access'];
  readonly params: readonly ParamDoc[];
  /** A call, with values in place of what differs. */
  readonly call: string;
  /** The body of a reply. */
  readonly reply: unknown;
}

/** A parameter as its documentation tells it. */
export interface ParamDoc {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
}

/** The method table as data: for pages, and for OpenAPI. */
export function describeMethods(): readonly MethodDoc[] {
  return [...METHODS.values()].map((method) => {
    const params = describeParams(method.params);
    const query = params.filter(({ required }) => required && method.verb === 'GET').map(({ name }) => `&${name}=…`);
    return {
      name: method.name,
      section: method.section,
      summary: method.summary,
      verbs: method.verb === 'GET' ? ['GET', 'POST'] : ['POST'],
      access: method.access,
      params,
      call: `${method.verb} /api.php?${method.access === 'none' ? '' : 'key=XXXX-XXXX-XXXX-XXXX&'}cmd=${method.name}${query.join('')}`,
      reply: method.kind === 'action' ? { code: 200, status: 200, message: method.example } : method.example,
    };
  });
}

/** The public page of the Web API's methods, one whole HTML document, made from the method table. */
export function renderMethodPage(): string {
  const methods = describeMethods();
  const sections = [...new Set(methods.map(({ section }) => section))];
  const body = sections.map((section) => {
    const its = methods.filter((method) => method.section === section).map(renderMethod);
    return `<h2>${escapeHtml(section)}</h2>\n${its.join('\n')}`;
  });
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Web API methods</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}pre{background:#f4f4f4;padding:.75rem;overflow:auto}
table{border-collapse:collapse}td,th{border:1px solid #ccc;padding:.25rem .5rem;text-align:left}</style></head>
<body>
<h1>Web API methods</h1>
<p>Call <code>GET</code> or <code>POST /api.php</code> with your licence key in <code>key</code> and the method in <code>cmd</code>. A flag counts by
its presence, whatever its value. <code>&amp;beautify</code> indents a reply. Actions and errors answer <code>{"code", "status", "message"}</code>.</p>
${body.join('\n')}
</body>
</html>
`;
}

const ACCESS: Readonly<Record<Method['access'], string>> = {
  none: '<p>Works without a key.</p>\n',
  member: '',
  secret: '<p>Needs a secret key.</p>\n',
};

function renderMethod({ name, summary, access, params, call, reply }: MethodDoc): string {
  const rows = params.map(
    (param) =>
      `<tr><td><code>${escapeHtml(param.name)}</code></td><td>${escapeHtml(param.type)}</td><td>${param.required ? 'yes' : 'no'}</td></tr>`,
  );
  const table = rows.length === 0 ? '' : `<table><tr><th>Parameter</th><th>Value</th><th>Required</th></tr>${rows.join('')}</table>\n`;
  return `<h3 id="${name}">${name}</h3>
<p>${escapeHtml(summary).replace(/`([^`]+)`/g, '<code>$1</code>')}</p>
${ACCESS[access]}${table}<pre>${escapeHtml(call)}</pre>
<pre>${escapeHtml(JSON.stringify(reply, null, 4))}</pre>`;
}

/** Joi's description, as far as it is read here. */
interface KeyDescription {
  readonly type?: string;
  readonly flags?: { readonly presence?: string; readonly default?: unknown; readonly description?: string };
  readonly rules?: readonly { readonly name: string; readonly args?: { readonly limit?: unknown } }[];
}

function describeParams(schema: Joi.ObjectSchema): ParamDoc[] {
  const keys: Readonly<Record<string, KeyDescription>> = schema.describe().keys ?? {};
  return Object.entries(keys).map(([name, key]) => ({ name, type: describeType(key), required: key.flags?.presence === 'required' }));
}

function describeType({ type, flags, rules = [] }: KeyDescription): string {
  if (flags?.description !== undefined) return flags.description;
  const limits = rules.flatMap(({ name, args }) => (args?.limit === undefined ? [] : [`${name} ${String(args.limit)}`]));
  const kind = type === 'string' ? 'text' : rules.some(({ name }) => name === 'integer') ? 'integer' : (type ?? 'any');
  const preset = flags?.default === undefined ? [] : [`default ${String(flags.default)}`];
  return [kind, ...limits, ...preset].join(', ');
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
