import Joi from 'joi';
import { canonicalMac } from '../mac-address.ts';
import type { SignInMethod } from '../sites/site.ts';
import { textSchema } from '../text-schema.ts';

/** What the venue's portal says of a guest who signs in. */
export interface VisitBody {
  readonly mac: string;
  readonly consent_version: string;
  readonly name?: string;
  readonly comments?: string;
  readonly comments1?: string;
  readonly comments2?: string;
  readonly marketing?: boolean;
  readonly verified?: boolean;
  readonly email?: string;
  readonly mobile?: string;
  readonly fb_id?: string;
  readonly gender?: string;
  readonly locale?: string;
}

/** A MAC address in any of its forms, read into the document's. */
export function macSchema(): Joi.StringSchema<string> {
  return Joi.string<string>()
    .max(17)
    .custom(
      (text: string, helpers) => canonicalMac(text) ?? helpers.message({ custom: 'must be a MAC address such as 98:01:A7:CB:BB:00' }),
    );
}

const COMMENT_CHARACTERS = 500;
const common = {
  mac: macSchema().required().description("The guest's device"),
  consent_version: textSchema(100).required().description('Which text the guest agreed to'),
  name: textSchema(100),
  comments: textSchema(COMMENT_CHARACTERS),
  comments1: textSchema(COMMENT_CHARACTERS),
  comments2: textSchema(COMMENT_CHARACTERS),
  marketing: Joi.boolean().description('Whether the guest agreed to be written to; as before when left out'),
  verified: Joi.boolean().description('Whether the portal has checked the address or number; as before when left out'),
};

// RFC 5321 has 254 characters for an address; RADIUS has 253 bytes for a User-Name.
// Whatever the case: one guest who writes an address in two ways is one guest.
const email = Joi.string<string>()
  .email({ tlds: false, ignoreLength: true })
  .max(200)
  .custom((text: string) => text.toLowerCase());
const mobile = Joi.string<string>()
  .max(40)
  .custom(
    (text: string, helpers) => canonicalMobile(text) ?? helpers.message({ custom: 'must be an international number such as +15559876543' }),
  );

/** What each way of signing in asks for. */
export const visitSchemas: Readonly<Record<SignInMethod, Joi.ObjectSchema<VisitBody>>> = {
  email: Joi.object<VisitBody>({ ...common, email: email.required() }),
  mobile: Joi.object<VisitBody>({ ...common, mobile: mobile.required() }),
  facebook: Joi.object<VisitBody>({
    ...common,
    fb_id: Joi.string()
      .pattern(/^[\w.-]{1,100}$/)
      .required(),
    email,
    gender: textSchema(50),
    locale: textSchema(35),
  }),
  free: Joi.object<VisitBody>(common),
};

/** Who a guest is, among the guests of the same kind. */
export function identityOf(
  method: SignInMethod,
  { email: address = '', mobile: number = '', fb_id: facebookId = '', mac }: VisitBody,
): string {
  return { email: address, mobile: number, facebook: facebookId, free: mac }[method];
}

/** A number as E.164 has it, without the plus sign, as the document shows it: 7 to 15 digits. */
function canonicalMobile(text: string): string | null {
  if (!/^\+?[\d\s().-]+$/.test(text)) return null;
  const digits = text.replace(/\D/g, '').replace(/^00/, '');
  return /^[1-9]\d{6,14}$/.test(digits) ? digits : null;
}
