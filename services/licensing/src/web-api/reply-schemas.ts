import Joi from 'joi';

// What the data methods answer, for the public documentation. Members that a flag adds are optional.

/** Seconds since 1970. */
const time = () => Joi.number().integer().required();
const text = () => Joi.string().allow('').required();
const HEX = Joi.string().pattern(/^[0-9a-f]+$/);
const mayBeNull = (schema: Joi.Schema) => schema.allow(null).required();

const profileMembers = {
  username: text(),
  level: Joi.number().integer().valid(1, 2, 3).required().description('1 free, 2 premium, 3 lifetime'),
  fid: Joi.number().integer().required().description("The user's id"),
  register_date: time(),
  custom_title: text().description('The company'),
  groups: Joi.array().items(Joi.string()).required(),
  avatar: mayBeNull(Joi.string()),
};

/** The public side of a member. */
export const profileSchema = Joi.object(profileMembers);

/** A script, without its source. */
export const scriptSchema = Joi.object({
  id: Joi.string().required(),
  name: text(),
  author: text(),
  software: text(),
  last_update: time(),
  update_notes: text(),
  elapsed: text(),
  core: Joi.boolean().required(),
  forums: text(),
  library: Joi.boolean().required(),
  team: Joi.array().items(Joi.string()).required(),
  categories: Joi.array().items(Joi.string()).required(),
  category_names: Joi.array().items(Joi.string()).required(),
});

/** A script, with its source when that was asked for. */
export const fullScriptSchema = scriptSchema.keys({ script: Joi.string().allow('') });

/** A software; `checksum` and `scripts` when they were asked for. */
export const softwareSchema = Joi.object({
  version: text(),
  last_update: time(),
  elapsed: text(),
  name: text(),
  checksum: Joi.object({ windows: mayBeNull(Joi.string()), linux: mayBeNull(Joi.string()) }),
  scripts: Joi.array().items(scriptSchema),
});

const banSchema = Joi.object({
  type: text(),
  reason: text(),
  date: time(),
  expire: mayBeNull(Joi.number().integer()),
  lifted: mayBeNull(Joi.number().integer()),
});

const sessionMembers = { directory: mayBeNull(Joi.string().allow('')), started: time(), expire: time() };

const privateSchema = Joi.object({
  email: mayBeNull(Joi.string()),
  phone: mayBeNull(Joi.string().allow('')),
  timezone: text(),
  language: text(),
  membership_expires: mayBeNull(Joi.number().integer()),
  last_login: mayBeNull(Joi.number().integer()),
  last_active: mayBeNull(Joi.number().integer()),
});

/** The member whose key it is; the last five members when a flag asks for them. */
export const memberSchema = Joi.object({
  ...profileMembers,
  protection: Joi.number().integer().min(0).max(4).required(),
  discord: mayBeNull(Joi.string()).description('Of the key'),
  key: Joi.object({
    last4: text(),
    expires_at: mayBeNull(Joi.string().isoDate()),
    is_premium: Joi.boolean().required(),
  }).required(),
  session: Joi.object(sessionMembers).required(),
  bans: Joi.array().items(banSchema),
  session_history: Joi.object()
    .pattern(/^\d+$/, Joi.object({ ...sessionMembers, ended: mayBeNull(Joi.number().integer()) }))
    .description('The last 10 Sessions by their ids'),
  scripts: Joi.array().items(scriptSchema, Joi.string()),
  private: privateSchema,
  hashes: Joi.object({ ipv4: mayBeNull(HEX), ipv6: mayBeNull(HEX) }),
});

/** A call in the seller's log. */
export const attemptSchema = Joi.object({
  time: time(),
  username: mayBeNull(Joi.string().allow('')),
  command: text(),
  key: mayBeNull(Joi.string().allow('')),
  address: text(),
  code: Joi.number().integer().required(),
  outcome: text(),
});

/** What an action answers. */
export const actionSchema = Joi.object({
  code: Joi.number().integer().required(),
  status: Joi.number().integer().required(),
  message: Joi.string().required(),
});
