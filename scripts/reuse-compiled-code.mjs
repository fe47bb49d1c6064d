import vm from 'node:vm';

/**
 * What V8 made of each CommonJS module that Jest has compiled in this process, by its source; their parameters are always the same.
 * @type {Map<string, Buffer>}
 */
const compiled = new Map();

/**
 * From here on this process parses a CommonJS module once. Jest gives every suite a context of its own and compiles all of
 * node_modules in it again, which is a quarter of what the imports of a service cost; V8 takes back its own code instead.
 */
export function reuseCompiledCode() {
  const { compileFunction } = vm;
  vm.compileFunction = (code, parameters, options) => {
    const cachedData = compiled.get(code);
    if (cachedData !== undefined) return compileFunction(code, parameters, { ...options, cachedData });
    const made = compileFunction(code, parameters, { ...options, produceCachedData: true });
    if (made.cachedData !== undefined) compiled.set(code, made.cachedData);
    return made;
  };
}
