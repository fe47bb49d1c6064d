import type { Principal } from '@gatehouse/auth';
import type { Admit } from '@gatehouse/http';
import type { ServiceDeps } from '@gatehouse/service';
import type { SiteKeys } from './sites/site-keys.ts';

/** What the hotspot service is made of. */
export interface HotspotDeps extends ServiceDeps {
  /** The domain of the sites' cloud hosts, if there is one. */
  readonly cloudDomain: string | undefined;
}

/** What its endpoints share. */
export interface HotspotContext {
  readonly deps: HotspotDeps;
  readonly operator: Admit<Principal>;
  readonly siteKeys: SiteKeys;
}

/** The part of a call that takes work for after the commit, for handlers that revoke something. */
export interface AfterCommit {
  afterCommit(work: () => Promise<void>): void;
}
