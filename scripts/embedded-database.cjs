// What the suites import in place of PGlite: PGlite, as `scripts/jest-environment.mjs` has loaded it once for its worker.
module.exports = Reflect.get(globalThis, 'gatehousePglite');
