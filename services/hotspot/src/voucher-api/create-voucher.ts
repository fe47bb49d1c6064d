import { badParameter, Fault } from '@gatehouse/faults';
import { ok } from '@gatehouse/http';
import Joi from 'joi';
import type { HotspotDeps } from '../hotspot-deps.ts';
import { sealSecret } from '../sealed-secrets.ts';
import { textSchema, typedTextSchema } from '../text-schema.ts';
import { openTimeZone, type TimeZone } from '../time-zone.ts';
import { randomFullname, randomPasscode, randomUsername } from '../vouchers/random-credentials.ts';
import { VALID_FOR_VALUES } from '../vouchers/valid-for.ts';
import { insertVoucher, type NewVoucher } from '../vouchers/voucher-repository.ts';
import { command } from './command.ts';
import { echoLimit, limitSchema } from './limit-schema.ts';

interface Params {
  readonly username?: string;
  readonly passcode?: string;
  readonly fullname?: string;
  readonly valid_for?: string;
  readonly valid_from?: string;
  readonly download_limit?: number | null;
  readonly upload_limit?: number | null;
}

/** A User-Name of RADIUS holds 253 bytes (RFC 2865 §5), a PAP password 128 (§5.2). */
const paramsSchema = Joi.object<Params>({
  username: typedTextSchema(64, 253).description('Drawn when it is left out'),
  passcode: typedTextSchema(64, 128).description('Drawn when it is left out'),
  fullname: textSchema(100).description('Drawn when it is left out'),
  valid_for: Joi.string()
    .valid(...VALID_FOR_VALUES)
    .messages({ 'any.only': 'must be one of the documented values, such as 1 day' })
    .description("The site's preset when it is left out"),
  valid_from: Joi.string().max(40).description("YYYY-MM-DD HH:MM:SS on the site's clocks; now when it is left out"),
  download_limit: limitSchema().description('MB from 1 to 9437184; anything else is unlimited'),
  upload_limit: limitSchema().description('MB from 1 to 9437184; anything else is unlimited'),
});

const replySchema = Joi.object({
  message: Joi.string().required(),
  user: Joi.object({
    id: Joi.number().integer().required(),
    username: Joi.string().required(),
    passcode: Joi.string().required(),
    fullname: Joi.string().required(),
    valid_for: Joi.string().required(),
    valid_from: Joi.string().required(),
    download_limit: Joi.string().required(),
    upload_limit: Joi.string().required(),
  }).required(),
  error: Joi.boolean().valid(false).required(),
});

/** `create_voucher` */
export const createVoucher = command({
  name: 'create_voucher',
  summary: 'Makes a voucher',
  writes: true,
  params: paramsSchema,
  reply: replySchema,
  faults: ['USERNAME_TAKEN'],
  async handle({ deps, site, params, now }) {
    const zone = openTimeZone(site.timezone);
    const voucher = {
      siteId: site.id,
      fullname: params.fullname ?? randomFullname(),
      validFor: params.valid_for ?? site.defaultValidFor,
      validFrom: params.valid_from === undefined ? wholeSecond(now) : readLocalTime(zone, params.valid_from),
      downloadLimitMb: params.download_limit ?? null,
      uploadLimitMb: params.upload_limit ?? null,
      now,
    };
    const passcode = params.passcode ?? randomPasscode();
    const { id, username } = await insertNamed(deps, voucher, passcode, params.username);
    const user = {
      id,
      username,
      passcode,
      fullname: voucher.fullname,
      valid_for: voucher.validFor,
      valid_from: zone.format(voucher.validFrom),
      download_limit: echoLimit(voucher.downloadLimitMb),
      upload_limit: echoLimit(voucher.uploadLimitMb),
    };
    return ok({ message: 'User added successfully', user, error: false });
  },
});

/** A drawn name that is taken, one in 10^13, is drawn again. */
const DRAWS = 5;

async function insertNamed(
  { db, vault }: HotspotDeps,
  voucher: Omit<NewVoucher, 'username' | 'sealedPasscode'>,
  passcode: string,
  wanted: string | undefined,
): Promise<{ readonly id: number; readonly username: string }> {
  for (let draw = 0; draw < (wanted === undefined ? DRAWS : 1); draw += 1) {
    const username = wanted ?? randomUsername();
    const sealedPasscode = sealSecret(vault, passcode, { kind: 'voucher', siteId: voucher.siteId, username });
    const id = await insertVoucher(db, { ...voucher, username, sealedPasscode });
    if (id !== null) return { id, username };
  }
  throw new Fault('USERNAME_TAKEN');
}

function readLocalTime(zone: TimeZone, text: string): Date {
  const time = zone.read(text);
  if (time === 'malformed') throw badParameter('valid_from', 'must be a date and time that exists, as YYYY-MM-DD HH:MM:SS');
  if (time === 'skipped') throw badParameter('valid_from', "does not exist on the site's clocks, which are put forward over it");
  return time;
}

function wholeSecond(now: Date): Date {
  return new Date(Math.floor(now.getTime() / 1000) * 1000);
}
