import { describeCaller } from '@gatehouse/http';
import { type Arrival, judgeDoor } from './judge-door.ts';

const open = { apiEnabled: true, postEnabled: true, getEnabled: true, cloudGetEnabled: true, getAllowedCidrs: ['192.168.0.0/16'] };
const near = describeCaller('192.168.1.5');
const far = describeCaller('203.0.113.5');
const post: Arrival = { method: 'POST', caller: far, slug: null };
const get: Arrival = { method: 'GET', caller: near, slug: null };

describe('judgeDoor', () => {
  it.each([
    ['POST from anywhere', open, post, null],
    ['GET from inside', open, get, null],
    ['HEAD is as GET', open, { ...get, method: 'HEAD', caller: far }, 'SITE_METHOD_OFF'],
    ['a site that is off, before anything else', { ...open, apiEnabled: false, postEnabled: false }, post, 'API_DISABLED'],
    ['POST that is off', { ...open, postEnabled: false }, post, 'SITE_METHOD_OFF'],
    ['GET that is off', { ...open, getEnabled: false }, get, 'SITE_METHOD_OFF'],
    ['GET from outside', open, { ...get, caller: far }, 'SITE_METHOD_OFF'],
    ['GET through a proxy that nobody declared', open, { ...get, caller: describeCaller('192.168.1.5', true) }, 'SITE_METHOD_OFF'],
    ['GET from nowhere', open, { ...get, caller: describeCaller('') }, 'SITE_METHOD_OFF'],
    ['GET with no network allowed', { ...open, getAllowedCidrs: [] }, get, 'SITE_METHOD_OFF'],
    ['GET at the cloud host', open, { ...get, slug: '0123456789' }, null],
    [
      'GET at the cloud host, unless said otherwise',
      { ...open, cloudGetEnabled: false },
      { ...get, slug: '0123456789' },
      'SITE_METHOD_OFF',
    ],
    ['GET at the cloud host when GET is off', { ...open, getEnabled: false }, { ...get, slug: '0123456789' }, 'SITE_METHOD_OFF'],
    ['POST at the cloud host', open, { ...post, slug: '0123456789' }, null],
  ] as const)('%s', (_, site, arrival, fault) => {
    expect(judgeDoor(site, arrival)).toBe(fault);
  });
});
