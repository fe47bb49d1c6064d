import type { FaultCode } from '@gatehouse/faults';
import type Joi from 'joi';

/**
 * What documentation and metrics know of one thing that a route does. Routes carry it, so that nothing is served that is not
 * documented, and nothing documented that is not served.
 */
export interface Operation {
  /** Stable name: OpenAPI's operationId, and a command's own. */
  readonly name: string;
  readonly summary: string;
  readonly methods: readonly string[];
  /** Express 5 path pattern. */
  readonly path: string;
  /** Set where one path takes many commands: the parameter that names this one. */
  readonly command?: CommandParameter;
  /** Who may call: the name of the credential (`none` for everyone), and the scope that it needs. */
  readonly access: { readonly scheme: string; readonly scope?: string };
  readonly params?: Joi.ObjectSchema;
  readonly query?: Joi.ObjectSchema;
  readonly body?: Joi.ObjectSchema;
  /** Whether an `Idempotency-Key` is taken. */
  readonly idempotent: boolean;
  /** The successes by status, with the schema of the body (null: none). */
  readonly replies: Readonly<Record<number, Joi.Schema | null>>;
  /** The faults of its own, beside those of every operation with such a credential and input. */
  readonly faults: readonly FaultCode[];
}

/** The parameter that tells the commands of one path apart, such as `action`. */
export interface CommandParameter {
  readonly name: string;
  /** The command that is meant when the parameter is left out. */
  readonly preset?: string;
}
