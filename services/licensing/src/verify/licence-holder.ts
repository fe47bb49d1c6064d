import { hashToken } from '@gatehouse/auth';
import type { Admit } from '@gatehouse/http';
import Joi from 'joi';
import { hwidSchema, idSchema, textSchema } from '../fields.ts';
import type { VerifyQuestion } from './verify-repository.ts';

/** A program in a customer's hands: it has no API key, its licence key is what it shows. */
export interface LicenceHolder {
  readonly kind: string;
}

/**
 * Lets every program in. The name that it gets only keeps apart what different licence keys send under the same
 * Idempotency-Key; the audit log says `anonymous`.
 */
export const admitLicenceHolder: Admit<LicenceHolder> = {
  scheme: 'none',
  async check(request) {
    request.notes.principal = 'anonymous';
    if (request.header('idempotency-key') === undefined) return { kind: 'anonymous' };
    const { fields } = await request.body();
    return { kind: `licence:${hashToken(String(fields.key)).toString('base64url')}` };
  },
};

/** The body of `POST /keys/verify` and `POST /sessions`. */
export interface VerifyBody {
  readonly key: string;
  readonly hwid: string | null;
  readonly service_id: number | null;
  readonly nonce: string | null;
}

/** Checks a {@link VerifyBody}. A key of another form than ours is an unknown key, not a mistake of the program. */
export const verifyBodySchema = Joi.object<VerifyBody>({
  key: textSchema().required(),
  hwid: hwidSchema().allow(null).default(null),
  service_id: idSchema().allow(null).default(null),
  nonce: textSchema(128).allow(null).default(null),
});

/** The question that a body asks. */
export function toQuestion({ key, hwid, service_id, nonce }: VerifyBody): VerifyQuestion {
  return { key, hwid, serviceId: service_id, nonce };
}
