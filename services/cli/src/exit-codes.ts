/** How a command ends, for scripts. */
export const EXIT = {
  /** It was done. */
  ok: 0,
  /** The server said no: a wrong parameter, nothing of that id, a conflict. */
  refused: 1,
  /** The command line or a setting is wrong. */
  usage: 2,
  /** Nothing answers, or what answers cannot serve. */
  unreachable: 3,
  /** The token is missing, wrong, or may not do this. */
  denied: 4,
  /** A check found something: `doctor`, `audit verify`, `keys verify`. */
  failed: 5,
} as const;

/** One of {@link EXIT}. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** An end that is told in one sentence, without a stack. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** The code of a system error (`ENOENT`), if it has one. Not by instanceof: Node's own errors can be of another realm. */
export function codeOf(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
