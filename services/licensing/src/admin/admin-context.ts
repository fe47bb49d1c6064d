import type { Principal } from '@gatehouse/auth';
import type { Admit } from '@gatehouse/http';
import type { ServiceDeps } from '@gatehouse/service';

/** What the operators' endpoints are made of. */
export interface AdminContext {
  readonly deps: ServiceDeps;
  readonly admit: Admit<Principal>;
}
