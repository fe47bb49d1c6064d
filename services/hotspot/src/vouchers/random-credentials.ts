import { randomInt } from 'node:crypto';
import { LEGIBLE_ALPHABET, randomString } from '@gatehouse/auth';

const CHARACTERS = 8;

/** A random username of 8 characters that cannot be taken for one another on paper: 46 bits. */
export function randomUsername(): string {
  return randomString(CHARACTERS, LEGIBLE_ALPHABET);
}

/** A random passcode, of the same kind. */
export function randomPasscode(): string {
  return randomString(CHARACTERS, LEGIBLE_ALPHABET);
}

/** A random name for a guest who gave none, such as `Quiet Heron`. Many guests share one: it tells nobody apart. */
export function randomFullname(): string {
  return `${pick(FIRST)} ${pick(LAST)}`;
}

function pick(words: readonly string[]): string {
  return words[randomInt(words.length)] ?? '';
}

const FIRST = [
  ...['Amber', 'Bold', 'Brave', 'Bright', 'Brisk', 'Calm', 'Cheery', 'Clear', 'Clever', 'Cosy', 'Crisp', 'Curious', 'Eager', 'Early'],
  ...['Fair', 'Fleet', 'Fresh', 'Gentle', 'Glad', 'Golden', 'Happy', 'Honest', 'Jolly', 'Keen', 'Kind', 'Light', 'Lively', 'Lucky'],
  ...['Merry', 'Mild', 'Neat', 'Nimble', 'Noble', 'Patient', 'Plucky', 'Proud', 'Quick', 'Quiet', 'Ready', 'Rosy', 'Silver', 'Smart'],
  ...['Snug', 'Steady', 'Sunny', 'Swift', 'Tidy', 'True', 'Warm', 'Wise'],
];
const LAST = [
  ...['Badger', 'Beaver', 'Bison', 'Bunting', 'Crane', 'Curlew', 'Dolphin', 'Dove', 'Falcon', 'Finch', 'Fox', 'Gazelle', 'Grouse', 'Gull'],
  ...['Hare', 'Hawk', 'Hedgehog', 'Heron', 'Ibex', 'Jay', 'Kestrel', 'Kingfisher', 'Lark', 'Linnet', 'Lynx', 'Marten', 'Merlin', 'Mole'],
  ...['Moose', 'Otter', 'Owl', 'Panda', 'Petrel', 'Plover', 'Puffin', 'Quail', 'Raven', 'Robin', 'Salmon', 'Seal', 'Sparrow', 'Squirrel'],
  ...['Stork', 'Swallow', 'Swan', 'Swift', 'Tern', 'Thrush', 'Trout', 'Wren'],
];
