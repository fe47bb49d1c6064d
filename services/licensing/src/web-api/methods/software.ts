import { Fault } from '@gatehouse/faults';
import Joi from 'joi';
import { describeElapsed, unixSeconds } from '../format.ts';
import { type Method, memberMethod } from '../method.ts';
import { flag } from '../params.ts';
import { softwareSchema } from '../reply-schemas.ts';
import { findSoftwareScripts, toScript } from '../script-repository.ts';
import { findSoftware, findSoftwareByName, type SoftwareRow } from '../software-repository.ts';
import { SCRIPT_EXAMPLE } from './scripts.ts';

const MAX_NAME_LENGTH = 200;
const EXAMPLE = { version: '1.4.2', last_update: 1_767_225_600, elapsed: '3 days ago', name: 'Engine' };
const CHECKSUM_EXAMPLE = { windows: '9f86d081884c7d65', linux: '60303ae22b998861' };

const getAllSoftware = memberMethod<{ checksum: boolean }>({
  name: 'getAllSoftware',
  section: 'Software',
  summary: 'All software of the seller; `checksum` adds the checksums.',
  verb: 'GET',
  kind: 'data',
  params: Joi.object({ checksum: flag() }),
  example: [EXAMPLE],
  reply: Joi.array().items(softwareSchema),
  async handle({ db, key, now }, { checksum }) {
    const software = await findSoftware(db, key.ownerId);
    return { data: software.map((row) => toSoftware(row, now, checksum)) };
  },
});

const getSoftware = memberMethod<{ name: string; scripts: boolean; checksum: boolean }>({
  name: 'getSoftware',
  section: 'Software',
  summary: 'One software of the seller by name; `scripts` adds its scripts, `checksum` its checksums.',
  verb: 'GET',
  kind: 'data',
  params: Joi.object({ name: Joi.string().max(MAX_NAME_LENGTH).required(), scripts: flag(), checksum: flag() }),
  example: { ...EXAMPLE, checksum: CHECKSUM_EXAMPLE, scripts: [SCRIPT_EXAMPLE] },
  reply: softwareSchema,
  faults: ['NOT_FOUND'],
  async handle({ db, key, now }, { name, scripts, checksum }) {
    const found = await findSoftwareByName(db, key.ownerId, name);
    if (found === null) throw new Fault('NOT_FOUND', { detail: 'software not found' });
    const itsScripts = scripts ? await findSoftwareScripts(db, found.id) : null;
    return {
      data: {
        ...toSoftware(found, now, checksum),
        ...(itsScripts === null ? {} : { scripts: itsScripts.map((script) => toScript(script, now)) }),
      },
    };
  },
});

function toSoftware(row: SoftwareRow, now: Date, withChecksum: boolean) {
  return {
    version: row.version,
    last_update: unixSeconds(row.updated_at),
    elapsed: describeElapsed(row.updated_at, now),
    name: row.name,
    ...(withChecksum ? { checksum: { windows: row.checksum_windows, linux: row.checksum_linux } } : {}),
  };
}

/** Methods about the programs of the seller. */
export const softwareMethods: readonly Method[] = [getAllSoftware, getSoftware];
