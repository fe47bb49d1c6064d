import { describe, expect, it } from '@jest/globals';
import { type CredentialRequest, type CredentialStyle, EXTRACTORS } from './extract-credential.ts';

const T = 'good-token';
const OTHER = 'other-token';

const request = (parts: Partial<CredentialRequest>): CredentialRequest => ({ method: 'GET', headers: {}, query: {}, ...parts });
const header = (authorization: string): Partial<CredentialRequest> => ({ headers: { authorization } });
const twice = {
  headers: { authorization: `Bearer ${T}` },
  rawHeaders: ['Authorization', `Bearer ${T}`, 'authorization', `Bearer ${OTHER}`],
};

/** What is found: the token itself, or `none`, or `malformed`. */
const find = (style: CredentialStyle, parts: Partial<CredentialRequest>): string => {
  const extracted = EXTRACTORS[style](request(parts));
  return extracted.found === 'token' ? extracted.token : extracted.found;
};

type Case = [what: string, parts: Partial<CredentialRequest>, found: string];

const never: Case[] = [
  ['?access_token=', { query: { access_token: T } }, 'none'],
  ['a body access_token', { method: 'POST', body: { access_token: T } }, 'none'],
  ['a cookie', { headers: { cookie: `api-key=${T}` } }, 'none'],
  ['no query, no body', { query: undefined, body: undefined }, 'none'],
  ['a body that is a text', { method: 'POST', body: 'key' }, 'none'],
  ['a body that is a list', { method: 'POST', body: ['key'] }, 'none'],
  ['an inherited member', { query: Object.create({ key: T, api_key: T, id: `1-${T}`, 'api-key': T }) }, 'none'],
];

const bearerForms: Case[] = [
  ['Bearer', header(`Bearer ${T}`), T],
  ['bearer in any case', header(`bEARER ${T}`), T],
  ['an empty header', header(''), 'none'],
  ['two tokens', header(`Bearer ${T} ${OTHER}`), 'malformed'],
  ['two joined by a comma', header(`Bearer ${T},Bearer`), 'malformed'],
  ['a control character', header(`Bearer ${T}\u0000`), 'malformed'],
  ['a token beyond ASCII', header('Bearer tökén'), 'malformed'],
  ['a token of 10 kB', header(`Bearer ${'x'.repeat(10_240)}`), 'malformed'],
  ['the header sent twice', twice, 'malformed'],
];

const cases: Record<CredentialStyle, Case[]> = {
  'web-api': [
    ['key in the query', { query: { key: T } }, T],
    ['key in the body', { method: 'POST', body: { key: T } }, T],
    ['both: the query wins', { method: 'POST', query: { key: T }, body: { key: OTHER } }, T],
    ['an empty key in the query', { method: 'POST', query: { key: '' }, body: { key: T } }, T],
    ['key twice', { query: { key: [T, OTHER] } }, 'malformed'],
    ['key as an object', { query: { key: { a: T } } }, 'malformed'],
    ['key as a number', { method: 'POST', body: { key: 1 } }, 'malformed'],
    ['Authorization', header(`Bearer ${T}`), 'none'],
  ],
  keys: [
    ...bearerForms,
    ['the bare key', header(T), T],
    ['Bearer without a token', header('Bearer '), 'none'],
    ['another scheme', header(`Basic ${T}`), 'malformed'],
    ['?key=', { query: { key: T } }, 'none'],
  ],
  phpstrap: [
    ...bearerForms,
    ['?api_key=', { query: { api_key: T } }, T],
    ['both: Bearer wins', { ...header(`Bearer ${T}`), query: { api_key: OTHER } }, T],
    ['a malformed Bearer does not give way', { ...header('Bearer a b'), query: { api_key: T } }, 'malformed'],
    ['another scheme beside ?api_key=', { ...header('Basic abc'), query: { api_key: T } }, T],
    ['?api_key= twice', { query: { api_key: [T, OTHER] } }, 'malformed'],
    ['an empty ?api_key=', { query: { api_key: '' } }, 'none'],
    ['api_key in the body', { method: 'POST', body: { api_key: T } }, 'none'],
    ['the bare key in the header', header(T), 'none'],
  ],
  altercpa: [
    ...bearerForms,
    ['?id=', { query: { id: `42-${T}` } }, `42-${T}`],
    ['?id= on POST', { method: 'POST', query: { id: `42-${T}` } }, `42-${T}`],
    ['id in the body', { method: 'POST', body: { id: `42-${T}` } }, 'none'],
    ['both: Bearer wins', { ...header(`Bearer ${T}`), query: { id: `42-${OTHER}` } }, T],
    ['?id= of a resource', { query: { id: '42' } }, 'none'],
    ['?id= that only resembles a key', { query: { id: `x42-${T}` } }, 'none'],
    ['?id= with a key twice', { query: { id: [`42-${T}`, '7'] } }, 'malformed'],
    ['?id= of a resource twice', { query: { id: ['7', '8'] } }, 'none'],
    ['?id= with nothing after the hyphen', { query: { id: '42-' } }, '42-'],
  ],
  hotspot: [
    ['api-key in the body of a POST', { method: 'POST', body: { 'api-key': T } }, T],
    ['api-key in the query of a POST', { method: 'POST', query: { 'api-key': T } }, 'none'],
    ['api-key in the query of a GET', { query: { 'api-key': T } }, T],
    ['api-key in the body of a GET', { body: { 'api-key': T } }, 'none'],
    ['api-key in the query of a PUT', { method: 'PUT', query: { 'api-key': T }, body: { 'api-key': T } }, 'none'],
    ['api-key twice', { query: { 'api-key': [T, OTHER] } }, 'malformed'],
    ['an empty api-key', { query: { 'api-key': '' } }, 'none'],
    ['Authorization', header(`Bearer ${T}`), 'none'],
  ],
  bearer: [...bearerForms, ['another scheme', header('Basic abc'), 'malformed'], ['the bare token', header(T), 'malformed']],
};

describe.each(Object.keys(EXTRACTORS) as CredentialStyle[])('the credential style %s', (style) => {
  it.each([...cases[style], ...never])('%s', (_, parts, found) => {
    expect(find(style, parts)).toBe(found);
  });

  it('a malformed credential is described without its value', () => {
    const planted = `planted ${'x'.repeat(600)}`;
    const parts = {
      headers: { authorization: `Bearer ${planted}` },
      query: { key: planted, api_key: planted, id: `1-${planted}`, 'api-key': planted },
    };
    expect(JSON.stringify(EXTRACTORS[style](request(parts)))).not.toContain('planted');
  });
});
