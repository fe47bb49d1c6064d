/**
 * A mistake that whoever runs the process can mend: a wrong setting, a port in use, a data directory in use.
 * The message is a sentence that says how; a process that ends with one prints it without a stack.
 */
export class OperatorError extends Error {
  override readonly name: string = 'OperatorError';
}
