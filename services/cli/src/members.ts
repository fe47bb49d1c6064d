import type { Command } from 'commander';
import { NONE } from './parse.ts';

/** An option that becomes a member of a request's body: its flags, what it is, the member, how its text is read. */
export type MemberOption = readonly [flags: string, description: string, member: string, parse: (text: string) => unknown];

/** Adds options to a command; {@link toMembers} makes a body of them. */
export function addMembers(command: Command, options: readonly MemberOption[]): Command {
  for (const [flags, description, , parse] of options) command.option(flags, description, (text: string) => parse(text));
  return command;
}

/** The body that the options stand for: those that were given. A member with a dot stands within another one. */
export function toMembers(given: object, options: readonly MemberOption[]): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const [flags, , member] of options) {
    const option: unknown = Reflect.get(given, optionName(flags));
    if (option === undefined) continue;
    const value = option === NONE ? null : option;
    const [outer = '', inner] = member.split('.');
    if (inner === undefined) body[outer] = value;
    else body[outer] = { ...Object(body[outer]), [inner]: value };
  }
  return body;
}

/** Commander's name of an option: `--valid-for <x>` is `validFor`. */
function optionName(flags: string): string {
  const long = /--([a-z0-9-]+)/.exec(flags)?.[1] ?? '';
  return long.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
