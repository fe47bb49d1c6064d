import { ForeignKeyViolation } from '@gatehouse/db';
import { badParameter } from '@gatehouse/faults';

/**
 * Runs a write whose body points at other rows, and says of one that is not there which parameter names it.
 * @param parameters the parameter and what it should be, by foreign key: `{ software_owner_id_fkey: ['owner_id', 'user'] }`
 * @throws Fault BAD_PARAMETER, and what the write throws
 */
export async function withReferences<T>(
  parameters: Readonly<Record<string, readonly [path: string, what: string]>>,
  write: () => Promise<T>,
): Promise<T> {
  try {
    return await write();
  } catch (error) {
    const parameter = error instanceof ForeignKeyViolation ? parameters[error.constraint] : undefined;
    throw parameter === undefined ? error : badParameter(parameter[0], `is not the id of a ${parameter[1]}`);
  }
}
