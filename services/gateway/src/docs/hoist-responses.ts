/** Paths of a document whose equal responses were put in one place, and that place. */
export interface Hoisted {
  readonly paths: Readonly<Record<string, object>>;
  /** For `components.responses`. */
  readonly responses: Readonly<Record<string, object>>;
}

/** An Operation Object of OpenAPI, as far as it is read here. */
export interface OperationObject {
  readonly responses: Readonly<Record<string, object>>;
  readonly [member: string]: unknown;
}

type Operations = Readonly<Record<string, OperationObject>>;

/** Tells responses that several operations share (most faults) once, and refers to them. */
export function hoistResponses(paths: Readonly<Record<string, Operations>>): Hoisted {
  const counts = new Map<string, number>();
  const all = Object.values(paths).flatMap((operations) => Object.values(operations).flatMap(({ responses }) => Object.values(responses)));
  for (const text of all.map((response) => JSON.stringify(response))) counts.set(text, (counts.get(text) ?? 0) + 1);
  const names = new Map<string, string>();
  const hoisted: Record<string, object> = {};

  function refer([status, response]: [string, object]): [string, object] {
    const text = JSON.stringify(response);
    if (counts.get(text) === 1) return [status, response];
    const name = names.get(text) ?? `${status}.${names.size + 1}`;
    names.set(text, name);
    hoisted[name] = response;
    return [status, { $ref: `#/components/responses/${name}` }];
  }

  const referring = Object.entries(paths).map(([path, operations]) => [
    path,
    mapValues(operations, (operation) => ({ ...operation, responses: Object.fromEntries(Object.entries(operation.responses).map(refer)) })),
  ]);
  return { paths: Object.fromEntries(referring), responses: hoisted };
}

function mapValues<In, Out>(record: Readonly<Record<string, In>>, change: (value: In) => Out): Record<string, Out> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
