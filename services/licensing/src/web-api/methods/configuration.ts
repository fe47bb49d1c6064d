import { badParameter, Fault } from '@gatehouse/faults';
import Joi from 'joi';
import { findConfiguration, forgetConfiguration, keepConfiguration } from '../configuration-repository.ts';
import { type Method, memberMethod } from '../method.ts';

/** 1 MiB. */
const MAX_BYTES = 1_048_576;
/** A configuration of 1 MiB swells to three times its size when it is urlencoded. */
const BODY_LIMIT_BYTES = 3.5 * 1024 * 1024;
const NOTHING_SET = '{}';

const getConfiguration = memberMethod({
  name: 'getConfiguration',
  section: 'Configuration',
  summary: 'The configuration of the member, byte for byte as it was set; `beautify` leaves it alone. `{}` when none was set.',
  verb: 'GET',
  kind: 'data',
  params: Joi.object({}),
  example: { theme: 'dark' },
  reply: Joi.any().description('Whatever JSON was set'),
  async handle({ db, member }) {
    return { raw: (await findConfiguration(db, member.id)) ?? NOTHING_SET };
  },
});

const setConfiguration = memberMethod<{ value: string }>({
  name: 'setConfiguration',
  section: 'Configuration',
  summary:
    'Keeps any JSON of up to 1 MiB for the member. In a JSON body `value` may be the JSON itself; where it is a text, the text is the JSON.',
  verb: 'POST',
  kind: 'action',
  params: Joi.object({ value: Joi.string().required() }),
  rawParam: 'value',
  bodyLimitBytes: BODY_LIMIT_BYTES,
  example: 'configuration updated',
  faults: ['PAYLOAD_TOO_LARGE'],
  async handle({ db, member, now }, { value }) {
    checkConfiguration(value);
    await keepConfiguration(db, member.id, value, now);
    return { message: 'configuration updated' };
  },
});

const resetConfiguration = memberMethod({
  name: 'resetConfiguration',
  section: 'Configuration',
  summary: 'Forgets the configuration of the member.',
  verb: 'GET',
  kind: 'action',
  params: Joi.object({}),
  example: 'configuration reset',
  async handle({ db, member }) {
    await forgetConfiguration(db, member.id);
    return { message: 'configuration reset' };
  },
});

/** @throws Fault PAYLOAD_TOO_LARGE, BAD_PARAMETER for what is no JSON or cannot be kept byte for byte */
function checkConfiguration(text: string): void {
  if (Buffer.byteLength(text) > MAX_BYTES) throw new Fault('PAYLOAD_TOO_LARGE');
  try {
    JSON.parse(text);
  } catch {
    // The parser's message holds a piece of the text.
    throw badParameter('value', 'must be JSON');
  }
  // Half a surrogate pair has no UTF-8 form.
  if (/\p{Surrogate}/u.test(text)) throw badParameter('value', 'must be well-formed Unicode');
}

/** Methods about what a member's programs want remembered. */
export const configurationMethods: readonly Method[] = [getConfiguration, setConfiguration, resetConfiguration];
