import { dateTimeSchema, isNetwork } from '@gatehouse/http';
import Joi from 'joi';
import { textSchema } from '../text-schema.ts';
import { isTimeZone } from '../time-zone.ts';
import { VALID_FOR_VALUES } from '../vouchers/valid-for.ts';
import { SIGN_IN_METHODS, type Site, type SitePatch } from './site.ts';

/** Members of a site as an operator writes them, by the names of our own API. */
export interface SiteBody {
  readonly name?: string;
  readonly timezone?: string;
  readonly api_enabled?: boolean;
  readonly post_enabled?: boolean;
  readonly get_enabled?: boolean;
  readonly cloud_get_enabled?: boolean;
  readonly get_allowed_cidrs?: readonly string[];
  readonly default_valid_for?: string;
  readonly sign_in_methods?: readonly string[];
  readonly bind_mac?: boolean;
  readonly devices_per_voucher?: number;
  readonly retention_days?: number | null;
}

/** A body that makes a site: its name and time zone, and any of its switches. */
export type NewSiteBody = SiteBody & Required<Pick<SiteBody, 'name' | 'timezone'>>;

const MAX_NETWORKS = 50;
const MAX_DEVICES = 1000;
/** A hundred years. */
const MAX_RETENTION_DAYS = 36_500;

const members = {
  name: textSchema(100),
  timezone: Joi.string<string>()
    .max(64)
    .custom((name: string, helpers) =>
      isTimeZone(name) ? name : helpers.message({ custom: 'must be an IANA time zone such as Europe/Berlin' }),
    ),
  api_enabled: Joi.boolean(),
  post_enabled: Joi.boolean(),
  get_enabled: Joi.boolean(),
  cloud_get_enabled: Joi.boolean(),
  get_allowed_cidrs: Joi.array().max(MAX_NETWORKS).unique().items(networkSchema()),
  default_valid_for: Joi.string().valid(...VALID_FOR_VALUES),
  sign_in_methods: Joi.array()
    .unique()
    .items(Joi.string().valid(...SIGN_IN_METHODS)),
  bind_mac: Joi.boolean(),
  devices_per_voucher: Joi.number().integer().min(1).max(MAX_DEVICES),
  retention_days: Joi.number().integer().min(1).max(MAX_RETENTION_DAYS).allow(null),
};

/** What `POST /admin/v1/sites` takes. */
export const newSiteSchema: Joi.ObjectSchema<NewSiteBody> = Joi.object<NewSiteBody>({
  ...members,
  name: members.name.required(),
  timezone: members.timezone.required(),
});

/** What `PATCH /admin/v1/sites/{id}` takes: at least one member. */
export const sitePatchSchema: Joi.ObjectSchema<SiteBody> = Joi.object<SiteBody>(members).min(1);

/** An address or a network in CIDR form. */
export function networkSchema(): Joi.StringSchema<string> {
  return Joi.string<string>()
    .max(64)
    .custom((text: string, helpers) =>
      isNetwork(text) ? text : helpers.message({ custom: 'must be an IP address or a CIDR such as 192.168.0.0/16' }),
    );
}

/** A site's members by the names that the rest of the service uses. */
export function toSitePatch(body: SiteBody): SitePatch {
  const patch = {
    name: body.name,
    timezone: body.timezone,
    apiEnabled: body.api_enabled,
    postEnabled: body.post_enabled,
    getEnabled: body.get_enabled,
    cloudGetEnabled: body.cloud_get_enabled,
    getAllowedCidrs: body.get_allowed_cidrs,
    defaultValidFor: body.default_valid_for,
    signInMethods: body.sign_in_methods,
    bindMac: body.bind_mac,
    devicesPerVoucher: body.devices_per_voucher,
    retentionDays: body.retention_days,
  };
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
}

/** A site as the operator sees it. */
export const siteReplySchema = Joi.object({
  id: Joi.number().required(),
  slug: Joi.string().required(),
  ...Object.fromEntries(Object.entries(members).map(([name, schema]) => [name, schema.required()])),
  endpoints: Joi.object({ local: Joi.string().required(), cloud: Joi.string().allow(null).required() }).required(),
  created_at: dateTimeSchema().required(),
  updated_at: dateTimeSchema().required(),
});

/** Where a site's voucher API is reached. */
export interface SiteHosts {
  readonly publicUrl: string;
  readonly cloudDomain: string | undefined;
}

/** A site as the operator sees it, with its endpoints as the document's page shows them. */
export function toSiteBody(site: Site, { publicUrl, cloudDomain }: SiteHosts) {
  return {
    id: site.id,
    name: site.name,
    timezone: site.timezone,
    slug: site.slug,
    api_enabled: site.apiEnabled,
    post_enabled: site.postEnabled,
    get_enabled: site.getEnabled,
    cloud_get_enabled: site.cloudGetEnabled,
    get_allowed_cidrs: site.getAllowedCidrs,
    default_valid_for: site.defaultValidFor,
    sign_in_methods: site.signInMethods,
    bind_mac: site.bindMac,
    devices_per_voucher: site.devicesPerVoucher,
    retention_days: site.retentionDays,
    endpoints: { local: `${publicUrl}/api/`, cloud: cloudDomain === undefined ? null : `https://${site.slug}.${cloudDomain}/api/` },
    created_at: site.createdAt,
    updated_at: site.updatedAt,
  };
}
