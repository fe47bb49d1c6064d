import { Fault } from '@gatehouse/faults';
import { describe, expect, it } from '@jest/globals';
import { hasScope, requireScope } from './principal.ts';

describe('scopes', () => {
  it.each([
    [['rest-api:*'], 'rest-api:read', true],
    [['rest-api:*'], 'rest-api:write', true],
    [['rest-api:read'], 'rest-api:read', true],
    [['rest-api:read'], 'rest-api:write', false],
    [['rest-api:write'], 'rest-api:read', false],
    [['rest-api:*'], 'rest-apix:read', false],
    [['*'], 'rest-api:read', false],
    [['rest-api:'], 'rest-api:read', false],
    [['web-api:*', 'rest-api:read'], 'rest-api:read', true],
    [[], 'rest-api:read', false],
  ])('%j may do %s: %s', (scopes, scope, expected) => {
    expect(hasScope({ scopes }, scope)).toBe(expected);
  });

  it('a missing scope is a fault that says not allowed', () => {
    expect(() => requireScope({ scopes: ['rest-api:read'] }, 'rest-api:write')).toThrow(Fault);
    requireScope({ scopes: ['rest-api:*'] }, 'rest-api:write');
  });
});
