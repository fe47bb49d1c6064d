import { types } from 'node:util';
import { Fault, type FaultOptions } from '@gatehouse/faults';
import { type Error as DriverError, isDriverAdapterError } from '@prisma/driver-adapter-utils';
import { Prisma } from './generated/client.ts';

/**
 * Says a failure of the database as a fault. What does not come from the database (a fault, a mistake in our code) comes back as it is.
 * @returns `UniqueViolation`, `ForeignKeyViolation`, `WriteConflict`, or a fault: DATABASE_DOWN, BAD_PARAMETER (text or number that
 * the database cannot hold), NOT_FOUND (Prisma's P2025: the row to change is gone), else INTERNAL with the cause.
 */
export function toDriverFault(error: unknown): unknown {
  if (error instanceof Fault) return error;
  if (error instanceof Prisma.PrismaClientKnownRequestError) {
    const driver = error.meta?.driverAdapterError;
    return driver instanceof Error && isDriverAdapterError(driver) ? fromDriver(driver.cause, error) : fromPrisma(error);
  }
  if (error instanceof Error && isDriverAdapterError(error)) return fromDriver(error.cause, error);
  if (error instanceof Prisma.PrismaClientInitializationError) return down(error);
  if (error instanceof Prisma.PrismaClientUnknownRequestError || error instanceof Prisma.PrismaClientRustPanicError) return internal(error);
  if (error instanceof Prisma.PrismaClientValidationError) return internal(error);
  if (isSqlError(error)) return fromSql(error);
  return isConnectionError(error) ? down(error) : error;
}

/** A row that must be unique is there already. Uncaught it is a CONFLICT. */
export class UniqueViolation extends Fault {
  /** The index or constraint, such as `licence_keys_key_value_key`. */
  readonly constraint: string;

  constructor(constraint: string, cause: unknown) {
    super('CONFLICT', { internal: `unique: ${constraint}`, cause });
    this.constraint = constraint;
  }
}

/** A row points at one that is not there, or is pointed at by one that is. Uncaught it is a CONFLICT. */
export class ForeignKeyViolation extends Fault {
  /** The constraint, such as `licence_keys_provider_id_fkey`. */
  readonly constraint: string;

  constructor(constraint: string, cause: unknown) {
    super('CONFLICT', { internal: `foreign key: ${constraint}`, cause });
    this.constraint = constraint;
  }
}

/** Two transactions got into each other's way (deadlock, serialization): `tx()` tries again. Uncaught it is DATABASE_DOWN. */
export class WriteConflict extends Fault {
  constructor(cause: unknown) {
    super('DATABASE_DOWN', { internal: 'write conflict', cause });
  }
}

/** Connection failures, shutdown, resources used up, lock or statement time limits: PostgreSQL's appendix A. */
const DOWN_STATES = /^(08|53|57P|58)|^(57014|55P03|25P03|25006)$/;
/** Text that is not UTF-8 or holds NUL, a number out of range, a form that a type cannot take. */
const BAD_VALUE_STATES = /^(22001|22003|22007|22008|22021|22P02|22P03|22P05)$/;
const CONFLICT_STATES = /^(40001|40P01)$/;
const SOCKET_CODES = /^(ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|ENOTFOUND|EAI_|EADDRNOTAVAIL|ENOENT|EMFILE|ENFILE)/;
const CONNECTION_MESSAGES =
  /timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error|Client was closed|after calling end|Query read timeout|timeout expired|PGlite is clos/i;

function fromDriver(driver: DriverError, cause: unknown): Fault {
  switch (driver.kind) {
    case 'UniqueConstraintViolation':
      return new UniqueViolation(constraintName(driver.constraint), cause);
    case 'ForeignKeyConstraintViolation':
    case 'RestrictViolation':
      return new ForeignKeyViolation(constraintName(driver.constraint), cause);
    case 'TransactionWriteConflict':
      return new WriteConflict(cause);
    case 'LengthMismatch':
    case 'ValueOutOfRange':
    case 'InvalidInputValue':
      return badValue(cause);
    case 'DatabaseNotReachable':
    case 'DatabaseDoesNotExist':
    case 'DatabaseAccessDenied':
    case 'AuthenticationFailed':
    case 'ConnectionClosed':
    case 'TlsConnectionError':
    case 'TooManyConnections':
    case 'SocketTimeout':
      return down(cause);
    default:
      return fromState(driver.originalCode ?? '', cause);
  }
}

/** The shape that errors of pg and of PGlite share: what PostgreSQL itself says. */
type SqlError = Error & { readonly code: string; readonly severity: string; readonly constraint?: string };

function isSqlError(error: unknown): error is SqlError {
  return types.isNativeError(error) && 'severity' in error && 'code' in error && typeof error.code === 'string' && error.code.length === 5;
}

function fromSql(error: SqlError): Fault {
  if (error.code === '23505') return new UniqueViolation(error.constraint ?? 'unknown', error);
  if (error.code === '23503' || error.code === '23001') return new ForeignKeyViolation(error.constraint ?? 'unknown', error);
  return fromState(error.code, error);
}

function fromState(state: string, cause: unknown): Fault {
  if (CONFLICT_STATES.test(state)) return new WriteConflict(cause);
  if (DOWN_STATES.test(state)) return down(cause);
  return BAD_VALUE_STATES.test(state) ? badValue(cause) : internal(cause);
}

/** Errors that Prisma makes itself; https://www.prisma.io/docs/orm/reference/error-reference */
function fromPrisma(error: Prisma.PrismaClientKnownRequestError): Fault {
  if (/^P1|^P2024$|^P2028$|^P2037$/.test(error.code) || SOCKET_CODES.test(error.code)) return down(error);
  if (error.code === 'P2025') return new Fault('NOT_FOUND', { cause: error });
  // Errors of the driver that have a `code` reach us in Prisma's wrapping, the code kept.
  return fromState(error.code, error);
}

function isConnectionError(error: unknown): boolean {
  if (!types.isNativeError(error)) return false;
  return CONNECTION_MESSAGES.test(error.message) || ('code' in error && typeof error.code === 'string' && SOCKET_CODES.test(error.code));
}

function constraintName(constraint: { index: string } | { fields: string[] } | { foreignKey: object } | undefined): string {
  if (constraint === undefined || 'foreignKey' in constraint) return 'unknown';
  return 'index' in constraint ? constraint.index : constraint.fields.join(',');
}

function down(cause: unknown): Fault {
  return new Fault('DATABASE_DOWN', about(cause));
}

function internal(cause: unknown): Fault {
  return new Fault('INTERNAL', about(cause));
}

function badValue(cause: unknown): Fault {
  return new Fault('BAD_PARAMETER', { ...about(cause), detail: 'A value holds characters or a number that cannot be stored.' });
}

function about(cause: unknown): FaultOptions {
  return { internal: types.isNativeError(cause) ? `database: ${cause.name}` : 'database', cause };
}
