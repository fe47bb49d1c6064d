import { gateway } from './cases/gateway.mjs';
import { me } from './cases/me.mjs';

/** All cases, in the order in which they run. @type {readonly import('./tools/case.mjs').Case[]} */
export const cases = [gateway, me];
