import { expect, it } from '@jest/globals';
import { findNeedles } from './needles.ts';

it.each([
  ['as it is, in any case', 'x=S3CRET-of-ann;'],
  ['as the bytes of a bytea', `{"a":"\\\\x00${Buffer.from('s3cret-of-Ann').toString('hex')}"}`],
  ['as base64 within more', Buffer.from('s3cret-of-Ann').toString('base64').slice(0, 17)],
  ['percent-encoded', 'id=s3cret-of-Ann'],
])('a secret is found %s', (_how, text) => {
  expect(findNeedles(new Map([['it', 's3cret-of-Ann']]), 'here', text)).toEqual(['it in here']);
});
