import { ok } from '@gatehouse/http';
import { licensingEndpoint } from '../licensing-endpoint.ts';
import { answerSchema } from './answer-schema.ts';
import { admitLicenceHolder, toQuestion, verifyBodySchema } from './licence-holder.ts';
import type { KeyVerifier } from './verify-key.ts';

/** `POST /keys/verify`: whether a program may run. Always 200; the verdict is in the signed answer. */
export function verifyEndpoint(verifier: KeyVerifier) {
  return licensingEndpoint({
    name: 'verifyKey',
    method: 'POST',
    path: '/keys/verify',
    summary: 'Verify a licence key; binds the HWID and starts a key that expires on first use',
    admit: admitLicenceHolder,
    body: verifyBodySchema,
    replies: { 200: answerSchema },
    faults: ['TOO_MANY_REQUESTS', 'IDEMPOTENCY_MISMATCH'],
    async handle({ request, body, db }) {
      const { answer } = await verifier.verify(db, toQuestion(body), request, { withKeyless: true });
      return ok(answer);
    },
  });
}
