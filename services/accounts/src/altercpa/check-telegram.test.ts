import { expect, it } from '@jest/globals';
import { checkTelegram, type TelegramFields } from './check-telegram.ts';

const BOT_TOKEN = '110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw';
const OTHER_BOT = '5:BBHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw';
const AUTH_DATE = 1_800_000_000;
const NOW = new Date((AUTH_DATE + 60) * 1000);

// The hashes were made by openssl, not by us:
//   KEY=$(printf '%s' "$BOT_TOKEN" | openssl dgst -sha256 -binary | od -An -tx1 | tr -d ' \n')
//   printf 'auth_date=1800000000\nfirst_name=Min\nid=42' | openssl dgst -sha256 -mac HMAC -macopt hexkey:$KEY
const MINIMAL = {
  id: '42',
  first_name: 'Min',
  auth_date: '1800000000',
  hash: 'c423e88c81cf449b2adf25605f1653838c724b8450c22e9cae883914cf59e1ee',
};
const FULL = {
  id: '279058397',
  first_name: 'Zoë',
  last_name: "O'Hara & Söhne",
  username: 'zoe_h',
  photo_url: 'https://t.me/i/userpic/320/z.jpg',
  auth_date: '1800000000',
  hash: '61b931ba0dc4024bd6772a60794269058951652f314fb2813ab348f903675e8c',
};
const SIGNED_EXTRA = {
  allows_write_to_pm: 'true',
  id: '43',
  first_name: 'Min',
  auth_date: '1800000000',
  hash: '692299d7fb612672c129d06f2346e162e8234488f701789a87815d59587f1c4a',
};
/** The minimal one, signed for another bot. */
const OF_OTHER_BOT = { ...MINIMAL, hash: 'b625062c322c196228f32105a628dd517e4bd78aa4c49e5c71099f4e4da80315' };

it.each<[string, TelegramFields]>([
  ['the fewest fields', MINIMAL],
  ['all fields, with letters of other scripts', FULL],
  ['fields in another order', Object.fromEntries(Object.entries(FULL).reverse())],
  ['a signed field that we do not know', SIGNED_EXTRA],
  ['a hash in capitals', { ...MINIMAL, hash: MINIMAL.hash.toUpperCase() }],
])('takes %s', (_, fields) => {
  expect(checkTelegram(fields, BOT_TOKEN, NOW)).toBe('good');
});

it.each<[string, TelegramFields]>([
  ["another bot's signature", OF_OTHER_BOT],
  ['a changed id', { ...MINIMAL, id: '43' }],
  ['a changed time', { ...MINIMAL, auth_date: String(AUTH_DATE + 1) }],
  ['an extra field that is not signed', { ...MINIMAL, username: 'admin' }],
  ['a field that was left out', { ...FULL, last_name: '' }],
  ['a line smuggled into a value', { first_name: 'Min\nid=42', auth_date: '1800000000', hash: MINIMAL.hash }],
  ['a line smuggled into a name', { 'auth_date=1800000000\nfirst_name': 'Min', id: '42', hash: MINIMAL.hash }],
  ['an empty hash', { ...MINIMAL, hash: '' }],
  ['a shortened hash', { ...MINIMAL, hash: MINIMAL.hash.slice(0, 62) }],
  ['a hash that is no hex', { ...MINIMAL, hash: 'z'.repeat(64) }],
])('refuses %s', (_, fields) => {
  expect(checkTelegram(fields, BOT_TOKEN, NOW)).toBe('sign');
});

it('takes what was signed for the other bot only with its token', () => {
  expect(checkTelegram(OF_OTHER_BOT, OTHER_BOT, NOW)).toBe('good');
});

it.each([
  [0, 'good'],
  [86_399, 'good'],
  [86_400, 'good'],
  [86_400.001, 'old'],
  [-300, 'good'],
  [-301, 'old'],
])('at an age of %d seconds a sign-in is %s', (ageSeconds, verdict) => {
  expect(checkTelegram(MINIMAL, BOT_TOKEN, new Date((AUTH_DATE + ageSeconds) * 1000))).toBe(verdict);
});
