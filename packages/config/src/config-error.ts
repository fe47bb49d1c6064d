import { OperatorError } from '@gatehouse/faults';

/**
 * The settings are wrong. The message is one sentence for each mistake, all of them, each naming its variable and
 * none showing a value: it can be printed as it stands before exit code 1.
 */
export class ConfigError extends OperatorError {
  override readonly name = 'ConfigError';
  /** One sentence a mistake. */
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(mistakes.join('\n'));
    this.mistakes = mistakes;
  }
}
