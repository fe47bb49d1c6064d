import type { ServiceRequest } from './request.ts';

/**
 * Something that is found out on a request's way and kept until it is answered. It hangs on the request itself: entries of a WeakMap
 * outlive the engine's quick clearing, which costs more than what they hold.
 * @param make what is there when a request is asked for it first
 * @example
 * const findingsOf = keepWithRequest<Findings>(() => ({}));
 * findingsOf(request).limit = limit;
 */
export function keepWithRequest<T extends object>(make: () => T): (request: ServiceRequest) => T {
  const place = Symbol('kept');
  return (request: ServiceRequest & { [place]?: T }) => {
    const kept = request[place];
    if (kept !== undefined) return kept;
    const made = make();
    request[place] = made;
    return made;
  };
}
