/**
 * What a case is given.
 * @typedef {object} CaseOptions
 * @property {import('./rounds.mjs').Pace} pace
 * @property {boolean} quick whether it is only to be seen that everything works
 */

/**
 * A case of the bench.
 * @typedef {object} Case
 * @property {string} name
 * @property {boolean} [onDemand] it runs only when it is named
 * @property {(options: CaseOptions) => Promise<import('./report.mjs').Outcome>} run
 */

export {};
