import type { Database } from '@gatehouse/db';
import { Fault } from '@gatehouse/faults';
import { canonicalAddress, endpoint, noContent } from '@gatehouse/http';
import Joi from 'joi';
import { macSchema } from '../guests/visit-schemas.ts';
import type { HotspotContext } from '../hotspot-deps.ts';
import type { SitePrincipal } from '../sites/site-keys.ts';
import { type SiteParams, siteParams } from '../sites/site-params.ts';
import { type SeenHost, replaceHosts as writeHosts } from './host-repository.ts';

interface HostBody {
  readonly mac_address: string;
  readonly address: string | null;
  readonly to_address: string | null;
  readonly host_name: string | null;
  readonly uptime: number;
  readonly idle_time: number;
  readonly bytes_in: number | string;
  readonly bytes_out: number | string;
  readonly authorized: boolean;
  readonly bypassed: boolean;
}

interface Body {
  readonly hosts: readonly HostBody[];
}

interface Handled {
  readonly principal: SitePrincipal;
  readonly params: SiteParams;
  readonly body: Body;
  readonly now: Date;
  readonly db: Database;
}

/** What 256 KiB of body hold, about. */
const MAX_HOSTS = 2000;
const MAX_SECONDS = 2_147_483_647;

const secondsSchema = Joi.number().integer().min(0).max(MAX_SECONDS).default(0);
// A counter of 64 bits is more than a number of JSON holds exactly: digits in a string are taken too.
const counterSchema = Joi.alternatives(Joi.number().integer().min(0), Joi.string().pattern(/^\d{1,18}$/)).default(0);
const addressSchema = Joi.string<string>()
  .max(64)
  .allow(null)
  .default(null)
  .custom((text: string, helpers) => canonicalAddress(text) ?? helpers.message({ custom: 'must be an IP address' }));

const bodySchema = Joi.object<Body>({
  hosts: Joi.array()
    .max(MAX_HOSTS)
    .unique('mac_address')
    .items(
      Joi.object({
        mac_address: macSchema().required(),
        address: addressSchema,
        to_address: addressSchema,
        // Whatever the device calls itself: it is data here, and written as data.
        host_name: Joi.string().max(255).allow('', null).default(null),
        uptime: secondsSchema.description('Seconds'),
        idle_time: secondsSchema.description('Seconds'),
        bytes_in: counterSchema.description('What the device sent'),
        bytes_out: counterSchema.description('What the device got'),
        authorized: Joi.boolean().default(false),
        bypassed: Joi.boolean().default(false),
      }),
    )
    .required(),
});

/** `PUT hosts`: the site's agent says which devices it sees; the list takes the place of the one before. */
export const replaceHosts = ({ siteKeys }: HotspotContext) =>
  endpoint({
    name: 'replaceHosts',
    method: 'PUT',
    path: '/hotspot/v1/sites/:id/hosts',
    summary: 'Replaces the list of devices that are seen on the guest network',
    admit: siteKeys.admit,
    params: siteParams,
    body: bodySchema,
    replies: { 204: null },
    faults: ['NOT_FOUND'],
    async handle({ principal, params, body, now, db }: Handled) {
      if (params.id !== principal.id) throw new Fault('NOT_FOUND', { detail: 'Site not found' });
      await writeHosts(db, principal.id, body.hosts.map(toHost), now);
      return noContent();
    },
  });

function toHost(host: HostBody): SeenHost {
  return {
    mac: host.mac_address,
    address: host.address,
    toAddress: host.to_address,
    hostName: host.host_name,
    uptimeSeconds: host.uptime,
    idleSeconds: host.idle_time,
    bytesIn: BigInt(host.bytes_in),
    bytesOut: BigInt(host.bytes_out),
    authorized: host.authorized,
    bypassed: host.bypassed,
  };
}
