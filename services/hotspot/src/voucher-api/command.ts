import type { FaultCode } from '@gatehouse/faults';
import type { Reply } from '@gatehouse/http';
import type Joi from 'joi';
import type { HotspotDeps } from '../hotspot-deps.ts';
import type { Site } from '../sites/site.ts';

/** What a command's handler is called with. */
export interface CommandCall<Params> {
  readonly deps: HotspotDeps;
  /** The site whose key was sent. */
  readonly site: Site;
  readonly params: Params;
  readonly now: Date;
}

/** One `action` of the voucher API as data: its checks and documentation come from it. */
export interface Command<Params> {
  /** The value of `action`. */
  readonly name: string;
  /** One line for the public documentation. */
  readonly summary: string;
  /** Whether it changes anything: HEAD, which must not, is then refused. */
  readonly writes: boolean;
  readonly params: Joi.ObjectSchema<Params>;
  readonly reply: Joi.Schema;
  /** The faults that its handler can end in, beside those of every command. */
  readonly faults: readonly FaultCode[];
  handle(call: CommandCall<Params>): Promise<Reply>;
}

/** A command of any parameters, as the table holds it. */
// biome-ignore lint/suspicious/noExplicitAny: the table holds commands of many types; each was checked where it was defined
export type AnyCommand = Command<any>;

/** Types a command where it is defined. */
export function command<Params>(definition: Command<Params>): Command<Params> {
  return definition;
}
