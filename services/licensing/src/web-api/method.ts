import type { Database } from '@gatehouse/db';
import type { FaultCode } from '@gatehouse/faults';
import { type Fields, type ServiceRequest, validate } from '@gatehouse/http';
import type { ServiceDeps } from '@gatehouse/service';
import type Joi from 'joi';
import type { WebApiCaller, WebApiMember } from './load-caller.ts';

/** What a method answers: data goes out bare, a message in the envelope, raw text as it is. */
export type MethodReply = { readonly data: unknown } | { readonly message: string } | { readonly raw: string };

/** A call that needs no key. */
export interface OpenCall {
  readonly deps: ServiceDeps;
  readonly db: Database;
  readonly request: ServiceRequest;
  readonly now: Date;
}

/** A call that climbed the whole ladder: the key is good, has a member and a live Session. */
export interface MemberCall extends OpenCall {
  readonly key: WebApiCaller['key'] & { readonly last4: string };
  readonly member: WebApiMember;
  readonly session: NonNullable<WebApiCaller['session']>;
  readonly hash: WebApiCaller['hash'];
}

/** What a method is, beside what it does: all that its documentation says. */
export interface MethodDefinition<Params> {
  readonly name: string;
  /** The page of methods is divided by it. */
  readonly section: string;
  readonly summary: string;
  /** `GET` takes a POST too; `POST` alone is for what swells a query. */
  readonly verb: 'GET' | 'POST';
  /** An action changes something and answers the envelope. */
  readonly kind: 'data' | 'action';
  readonly params: Joi.ObjectSchema<Params>;
  /** A parameter that is taken as text byte for byte, also where a JSON body gives it as another type. */
  readonly rawParam?: string;
  readonly bodyLimitBytes?: number;
  /** A reply as the page of methods shows it: the data, the message, or raw text. */
  readonly example: unknown;
  /** What a data method answers; an action answers the envelope. */
  readonly reply?: Joi.Schema;
  /** The faults of its own, beside those of the ladder and of wrong parameters. */
  readonly faults?: readonly FaultCode[];
}

/** An entry of the method table. Its parameters are checked within {@link Method.run}. */
export type Method = Omit<MethodDefinition<unknown>, 'params'> & {
  readonly params: Joi.ObjectSchema;
  /** The names of its parameters; others are ignored. */
  readonly paramNames: readonly string[];
} & (
    | { readonly access: 'none'; run(call: OpenCall, input: Fields): Promise<MethodReply> }
    | { readonly access: 'member' | 'secret'; run(call: MemberCall, input: Fields): Promise<MethodReply> }
  );

/** Defines a method for members. `access: 'secret'`: for those who call with a secret key. */
export function memberMethod<Params>(
  definition: MethodDefinition<Params> & {
    readonly access?: 'member' | 'secret';
    handle(call: MemberCall, params: Params): Promise<MethodReply> | MethodReply;
  },
): Method {
  const { handle, access = 'member', ...rest } = definition;
  const paramNames = namesOf(rest.params);
  return { ...rest, access, paramNames, run: async (call, input) => handle(call, check(rest.params, paramNames, input)) };
}

/** Defines a method that needs no key: rungs 1, 3 and 10 only. */
export function openMethod<Params>(
  definition: MethodDefinition<Params> & { handle(call: OpenCall, params: Params): Promise<MethodReply> | MethodReply },
): Method {
  const { handle, ...rest } = definition;
  const paramNames = namesOf(rest.params);
  return { ...rest, access: 'none', paramNames, run: async (call, input) => handle(call, check(rest.params, paramNames, input)) };
}

/** Rung 10. Parameters that the method does not know are ignored, whatever they hold. */
function check<Params>(schema: Joi.ObjectSchema<Params>, names: readonly string[], input: Fields): Params {
  const known = Object.fromEntries(names.flatMap((name) => (input[name] === undefined ? [] : [[name, input[name]]])));
  return validate(schema, known, { convert: true, unknown: 'ignore' });
}

function namesOf(schema: Joi.ObjectSchema): readonly string[] {
  return Object.keys(schema.describe().keys ?? {});
}
