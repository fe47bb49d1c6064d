/**
 * The text of a member's value as it stands in a JSON object, the last one where the name stands twice (as JSON.parse has it).
 * @param json an object that JSON.parse takes
 * @returns undefined when the object has no such member at its top level
 */
export function sliceMember(json: string, name: string): string | undefined {
  let found: string | undefined;
  let depth = 0;
  let member: string | undefined;
  let valueStart = -1;
  // Strings are one token each, so that what stands in them opens and closes nothing.
  for (const { 0: token, index } of json.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]:,]/g)) {
    const isEnd = depth === 1 && (token === ',' || token === '}');
    if (isEnd && member === name) found = json.slice(valueStart, index).trim();
    if (isEnd) [member, valueStart] = [undefined, -1];
    if (token === '{' || token === '[') depth += 1;
    else if (token === '}' || token === ']') depth -= 1;
    else if (token === ':' && depth === 1) valueStart = index + 1;
    else if (token.startsWith('"') && depth === 1 && valueStart < 0) member = String(JSON.parse(token));
  }
  return found;
}
