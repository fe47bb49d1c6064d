import type { LoginRef } from './login-ref.ts';
import type { Attempt, FoundLogin } from './login-repository.ts';

/** What authorising found, kept for the post-auth of the same request: whether it still holds is seen when it is written. */
export interface FoundLogins {
  keep(attempt: Attempt, logins: readonly FoundLogin[]): void;
  /** Gives a login once. @returns undefined when it is not known here: another process may have been asked */
  take(attempt: Attempt, ref: LoginRef): FoundLogin | undefined;
}

interface Kept {
  readonly attempt: Attempt;
  readonly logins: readonly FoundLogin[];
}

/** FreeRADIUS waits no longer for one answer. */
const KEPT_MS = 2_000;
const KEPT_AT_MOST = 2_000;

/** Makes the memory of a process. */
export function createFoundLogins(): FoundLogins {
  const kept = new Map<string, Kept>();

  /** The oldest stand first. */
  function forgetOld(now: Date): void {
    for (const [name, { attempt }] of kept) {
      if (kept.size <= KEPT_AT_MOST && now.getTime() - attempt.now.getTime() < KEPT_MS) return;
      kept.delete(name);
    }
  }

  return {
    keep(attempt, logins) {
      if (attempt.authenticator === null) return;
      kept.delete(nameOf(attempt));
      kept.set(nameOf(attempt), { attempt, logins });
      forgetOld(attempt.now);
    },
    take(attempt, { kind, id }) {
      const name = nameOf(attempt);
      const found = kept.get(name);
      kept.delete(name);
      const isFresh = found !== undefined && attempt.now.getTime() - found.attempt.now.getTime() < KEPT_MS;
      return isFresh ? found.logins.find((login) => login.kind === kind && login.id === id) : undefined;
    },
  };
}

/** One request of one access point, as far as a login is judged by it. */
function nameOf({ nasId, authenticator, login, mac }: Attempt): string {
  return JSON.stringify([nasId, authenticator, login, mac]);
}
