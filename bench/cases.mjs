import { batch } from './cases/batch.mjs';
import { foreign } from './cases/foreign.mjs';
import { gateway } from './cases/gateway.mjs';
import { getMember } from './cases/get-member.mjs';
import { lists } from './cases/lists.mjs';
import { me } from './cases/me.mjs';
import { processes } from './cases/processes.mjs';
import { radius } from './cases/radius.mjs';
import { soak } from './cases/soak.mjs';
import { start } from './cases/start.mjs';
import { verify } from './cases/verify.mjs';

/** All cases, in the order in which they run. @type {readonly import('./tools/case.mjs').Case[]} */
export const cases = [gateway, me, verify, getMember, radius, batch, lists, foreign, processes, start, soak];
