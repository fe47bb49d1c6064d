export { endSession, endSessionsOf } from './end-session.ts';
export { type Factor, type OpenedSession, openSession } from './open-session.ts';
export { type LiveSession, useSession } from './use-session.ts';
