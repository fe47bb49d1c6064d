import { type Route, toRoutes } from '@gatehouse/http';
import { endpointHost, type ServiceDeps } from '@gatehouse/service';
import type { Mail } from '../mail/index.ts';
import { createPasswords, type Passwords } from '../passwords/index.ts';
import { admitAnyone, admitSession } from './admit-session.ts';
import { changePassword } from './change-password.ts';
import { confirmTwoStep } from './confirm-two-step.ts';
import { endTwoStep } from './end-two-step.ts';
import { forgot } from './forgot.ts';
import { getMe } from './get-me.ts';
import { listOwnCredentials, revokeToken, rotateAltercpaKey, rotateToken } from './own-credentials.ts';
import { patchMe } from './patch-me.ts';
import type { PeopleContext } from './people-context.ts';
import { register } from './register.ts';
import { reset } from './reset.ts';
import { signIn } from './sign-in.ts';
import { signOut } from './sign-out.ts';
import { startTwoStep } from './start-two-step.ts';
import { verifyEmail } from './verify-email.ts';

const ENDPOINTS = [
  register,
  verifyEmail,
  signIn,
  signOut,
  forgot,
  reset,
  getMe,
  patchMe,
  changePassword,
  startTwoStep,
  confirmTwoStep,
  endTwoStep,
  listOwnCredentials,
  rotateToken,
  revokeToken,
  rotateAltercpaKey,
];

/** The endpoints for people, as data: routing and documentation come from this list. */
export function peopleEndpoints(deps: ServiceDeps, mail: Mail, passwords: Passwords = createPasswords()) {
  const context: PeopleContext = { deps, mail, passwords, signedIn: admitSession(deps), anyone: admitAnyone };
  return ENDPOINTS.map((make) => make(context));
}

/** `/accounts/v1`: people sign up, sign in, protect and run their accounts. */
export function peopleRoutes(deps: ServiceDeps, mail: Mail): Route[] {
  return toRoutes(peopleEndpoints(deps, mail), endpointHost(deps, 'native'));
}
