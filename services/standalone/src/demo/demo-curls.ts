import type { DemoState } from './demo-state.ts';

/** One call for each documented API that works when it is pasted into a terminal. */
export function demoCurls(baseUrl: string, state: DemoState): readonly (readonly [api: string, curl: string])[] {
  const body = JSON.stringify({ 'api-key': state.siteApiKey, action: 'get_voucher_users' });
  return [
    ['keys', `curl -H 'Authorization: Bearer ${state.restApiKey}' '${baseUrl}/keys?limit=2'`],
    ['web-api', `curl '${baseUrl}/api.php?key=${state.licenceKey}&cmd=getMember&beautify'`],
    ['phpstrap', `curl -H 'Authorization: Bearer ${state.phpstrapToken}' '${baseUrl}/api/v1/me.php'`],
    ['altercpa', `curl '${baseUrl}/api/profile/info.json?id=${state.altercpaKey}'`],
    ['hotspot', `curl -H 'Content-Type: application/json' -d '${body}' '${baseUrl}/api/'`],
  ];
}
