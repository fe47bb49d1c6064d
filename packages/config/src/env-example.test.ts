import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { settings } from './settings.ts';

const read = (name: string) => readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8');
const example = read('.env.example');
const compose = read('docker-compose.yml');

/** `#NAME=value` of `.env.example`. */
const told = new Map([...example.matchAll(/^#([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]));
/** Taken by docker-compose itself. */
const OF_COMPOSE = ['COMPOSE_PROFILES'];
/** `${NAME:-default}` of `docker-compose.yml`. */
const taken = new Map([...compose.matchAll(/\$\{([A-Z_]+)(?::-([^}]*))?\}/g)].map(([, name = '', value = '']) => [name, value]));

it('.env.example tells every setting that docker-compose.yml takes, and no other', () => {
  expect([...told.keys()].sort()).toEqual([...taken.keys(), ...OF_COMPOSE].sort());
});

it('what .env.example shows is what holds when a setting is left out', () => {
  for (const [name, value] of taken) if (value !== '') expect([name, told.get(name)]).toEqual([name, value]);
});

it('.env.example tells every setting there is, also those that are not for docker-compose', () => {
  const [, fixed = ''] = example.split('nothing of it belongs in');
  for (const { variable } of Object.values(settings)) {
    expect([variable, told.has(variable) !== new RegExp(`\\b${variable}\\b`).test(fixed)]).toEqual([variable, true]);
  }
});
