import { badParameter, Fault } from '@gatehouse/faults';
import { idSchema } from '@gatehouse/http';
import Joi from 'joi';
import { type Method, memberMethod } from '../method.ts';
import { flag, idList } from '../params.ts';
import { fullScriptSchema, scriptSchema } from '../reply-schemas.ts';
import { findScript, findScripts, setMemberScripts, toggleScript, toScript, updateScript } from '../script-repository.ts';

const MAX_SCRIPTS = 1000;
const MAX_CATEGORIES = 50;
const MAX_NOTES_LENGTH = 10_000;

/** A script as the page of methods shows it. */
export const SCRIPT_EXAMPLE = {
  id: '7',
  name: 'Difference',
  author: 'ada',
  software: 'Engine',
  last_update: 1_767_225_600,
  update_notes: 'Carries the one.',
  elapsed: '3 days ago',
  core: false,
  forums: 'https://example.com/t/7',
  library: false,
  team: ['charles'],
  categories: ['2'],
  category_names: ['Arithmetic'],
};

const getAllScripts = memberMethod({
  name: 'getAllScripts',
  section: 'Scripts',
  summary: 'All scripts of the seller.',
  verb: 'GET',
  kind: 'data',
  params: Joi.object({}),
  example: [SCRIPT_EXAMPLE],
  reply: Joi.array().items(scriptSchema),
  async handle({ db, key, now }) {
    const scripts = await findScripts(db, key.ownerId);
    return { data: scripts.map((script) => toScript(script, now)) };
  },
});

const getScript = memberMethod<{ id: number; source: boolean }>({
  name: 'getScript',
  section: 'Scripts',
  summary: 'One script; `source` adds its source as `script`.',
  verb: 'GET',
  kind: 'data',
  params: Joi.object({ id: idSchema().required(), source: flag() }),
  example: SCRIPT_EXAMPLE,
  reply: fullScriptSchema,
  faults: ['NOT_FOUND'],
  async handle({ db, key, now }, { id, source }) {
    const found = await findScript(db, key.ownerId, id);
    if (found === null) throw unknownScript();
    return { data: { ...toScript(found, now), ...(source ? { script: found.content } : {}) } };
  },
});

const toggleScriptStatus = memberMethod<{ id: number }>({
  name: 'toggleScriptStatus',
  section: 'Scripts',
  summary: 'Switches a script on for the member when it is off, and off when it is on.',
  verb: 'GET',
  kind: 'action',
  params: Joi.object({ id: idSchema().required() }),
  example: 'script enabled',
  faults: ['NOT_FOUND'],
  async handle({ db, key, member, now }, { id }) {
    const isOn = await toggleScript(db, { ownerId: key.ownerId, memberId: member.id, scriptId: id, now });
    if (isOn === null) throw unknownScript();
    return { message: isOn ? 'script enabled' : 'script disabled' };
  },
});

const setScripts = memberMethod<{ scripts: readonly number[] }>({
  name: 'setMemberScripts',
  section: 'Scripts',
  summary: 'Switches on exactly these scripts (a JSON list of ids) for the member, and all others off.',
  verb: 'GET',
  kind: 'action',
  params: Joi.object({ scripts: idList(MAX_SCRIPTS).required() }),
  example: 'scripts updated',
  async handle({ db, key, member, now }, { scripts }) {
    const areKnown = await setMemberScripts(db, { ownerId: key.ownerId, memberId: member.id, scriptIds: scripts, now });
    if (!areKnown) throw badParameter('scripts', 'names a script that does not exist');
    return { message: 'scripts updated' };
  },
});

const updateScriptMethod = memberMethod<{ script: number; content: string; notes: string; categories?: readonly number[] }>({
  name: 'updateScript',
  section: 'Scripts',
  summary: 'Gives a script new content and notes, and categories if they are sent; for its author and the members of its team.',
  verb: 'POST',
  kind: 'action',
  params: Joi.object({
    script: idSchema().required(),
    content: Joi.string().allow('').required(),
    notes: Joi.string().allow('').max(MAX_NOTES_LENGTH).required(),
    categories: idList(MAX_CATEGORIES),
  }),
  example: 'script updated',
  faults: ['NOT_FOUND', 'NOT_ALLOWED'],
  async handle({ db, key, member, now }, { script, content, notes, categories }) {
    const change = { ownerId: key.ownerId, memberId: member.id, scriptId: script, content, notes, categories, now };
    const outcome = await updateScript(db, change);
    switch (outcome) {
      case 'updated':
        return { message: 'script updated' };
      case 'unknown script':
        throw unknownScript();
      case 'not of the team':
        throw new Fault('NOT_ALLOWED');
      case 'unknown category':
        throw badParameter('categories', 'names a category that does not exist');
    }
  },
});

function unknownScript(): Fault {
  return new Fault('NOT_FOUND', { detail: 'script not found' });
}

/** Methods about scripts, the add-ons of a software. */
export const scriptMethods: readonly Method[] = [getAllScripts, getScript, toggleScriptStatus, setScripts, updateScriptMethod];
