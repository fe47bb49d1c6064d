import type { Software } from '@gatehouse/db';
import Joi from 'joi';
import { textSchema } from '../../fields.ts';

const checksum = () => Joi.string().max(200).allow(null);

/** What operators write of a software. */
export interface SoftwareFields {
  readonly name: string;
  readonly version: string;
  readonly checksum_windows?: string | null;
  readonly checksum_linux?: string | null;
}

/** The schemas of {@link SoftwareFields}. */
export const softwareFields = {
  name: textSchema(200),
  version: textSchema(100),
  checksum_windows: checksum(),
  checksum_linux: checksum(),
};

/** A software in a reply. */
export const softwareBodySchema = Joi.object({
  id: Joi.number().integer().required(),
  owner_id: Joi.number().integer().required(),
  name: Joi.string().required(),
  version: Joi.string().required(),
  checksum_windows: Joi.string().allow(null).required(),
  checksum_linux: Joi.string().allow(null).required(),
  created_at: Joi.date().iso().required(),
  updated_at: Joi.date().iso().required(),
});

/** A software as operators see it. */
export function toSoftwareBody(software: Software) {
  return {
    id: software.id,
    owner_id: software.ownerId,
    name: software.name,
    version: software.version,
    checksum_windows: software.checksumWindows,
    checksum_linux: software.checksumLinux,
    created_at: software.createdAt,
    updated_at: software.updatedAt,
  };
}

/** The columns of what was sent; what was not sent stays out. */
export function toSoftwareData({ name, version, checksum_windows: windows, checksum_linux: linux }: Partial<SoftwareFields>) {
  return {
    ...(name === undefined ? {} : { name }),
    ...(version === undefined ? {} : { version }),
    ...(windows === undefined ? {} : { checksumWindows: windows }),
    ...(linux === undefined ? {} : { checksumLinux: linux }),
  };
}
