import { inspect } from 'node:util';

/** A value that shows itself only when asked: printed, logged or put into JSON it reads `[secret]`. */
export interface Secret<T = string> {
  /** The value itself. Hand it on to where it is used, and to nothing that prints. */
  reveal(): T;
}

const HIDDEN = '[secret]';

/** Wraps a value that must not reach a log, an error or a dump of the settings by accident. */
export function secret<T>(value: T): Secret<T> {
  const hide = () => HIDDEN;
  return Object.freeze({ reveal: () => value, toString: hide, toJSON: hide, [inspect.custom]: hide });
}
