import type { Attempt } from './attempt.ts';
import type { FoundLogin } from './login-repository.ts';

/** What authorising found, kept for the post-auth of the same request: whether it still holds is seen when it is written. */
export interface FoundLogins {
  /** @param packet what FreeRADIUS told, which holds the Request Authenticator: 16 octets that no other request has */
  keep(packet: string, attempt: Attempt, logins: readonly FoundLogin[]): void;
  /** Gives what was kept, once. @returns undefined when it is not known here: another process may have been asked */
  take(packet: string, now: Date): Found | undefined;
}

/** Who signs in, and with what. The login is judged by the time of its attempt, which is when authorising was asked. */
export interface Found {
  readonly attempt: Attempt;
  readonly logins: readonly FoundLogin[];
}

/** FreeRADIUS waits no longer for one answer. */
const KEPT_MS = 2_000;
const KEPT_AT_MOST = 2_000;

/** Makes the memory of a process. */
export function createFoundLogins(): FoundLogins {
  const kept = new Map<string, Found>();

  /** The oldest stand first. */
  function forgetOld(now: Date): void {
    for (const [packet, { attempt }] of kept) {
      if (kept.size <= KEPT_AT_MOST && now.getTime() - attempt.now.getTime() < KEPT_MS) return;
      kept.delete(packet);
    }
  }

  return {
    keep(packet, attempt, logins) {
      if (attempt.authenticator === null) return;
      kept.delete(packet);
      kept.set(packet, { attempt, logins });
      forgetOld(attempt.now);
    },
    take(packet, now) {
      const found = kept.get(packet);
      kept.delete(packet);
      return found !== undefined && now.getTime() - found.attempt.now.getTime() < KEPT_MS ? found : undefined;
    },
  };
}
