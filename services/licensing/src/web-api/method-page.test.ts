import { describe, expect, it } from '@jest/globals';
import { describeMethods, renderMethodPage } from './method-page.ts';
import { METHODS } from './methods.ts';

describe('the page of methods', () => {
  it('has every method with every parameter and an example', () => {
    const page = renderMethodPage();
    for (const [name, method] of METHODS) {
      const section = page.slice(page.indexOf(`<h3 id="${name}">`)).split('<h3 ')[1] ?? '';
      expect(section).toContain(`cmd=${name}`);
      for (const param of method.paramNames) expect(section).toContain(`<code>${param}</code>`);
    }
    expect(describeMethods()).toHaveLength(METHODS.size);
  });

  it('has the methods of the contract and no others', () => {
    expect([...METHODS.keys()].sort()).toEqual(
      [
        ...[
          'getMember',
          'getMemberAsBuddy',
          'setProtection',
          'getAllSoftware',
          'getSoftware',
          'getAllScripts',
          'getScript',
          'toggleScriptStatus',
        ],
        ...['setMemberScripts', 'updateScript', 'getConfiguration', 'setConfiguration', 'resetConfiguration', 'authorizeHandshake'],
        ...['getHandshake', 'terminateHandshake', 'banMember', 'unbanMember', 'revokeApi', 'grantApi', 'listAttempts'],
      ].sort(),
    );
  });
});
