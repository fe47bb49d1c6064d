import type { Method } from './method.ts';
import { configurationMethods } from './methods/configuration.ts';
import { handshakeMethods } from './methods/handshake.ts';
import { memberMethods } from './methods/member.ts';
import { scriptMethods } from './methods/scripts.ts';
import { sellerMethods } from './methods/seller.ts';
import { softwareMethods } from './methods/software.ts';

/** Every method of the Web API by its `cmd`, which is case-sensitive. Routing and the public page of methods come from it. */
export const METHODS: ReadonlyMap<string, Method> = new Map(
  [...memberMethods, ...softwareMethods, ...scriptMethods, ...configurationMethods, ...handshakeMethods, ...sellerMethods].map((method) => [
    method.name,
    method,
  ]),
);
