import { createTestDeps } from '@gatehouse/testing';
import { it } from '@jest/globals';
import { loadCall, toLadderFacts } from './load-caller.ts';
import { climbLadder } from './ladder.ts';
import { seedMember } from './testing/seed-member.ts';
it('perf', async () => {
  const base = await createTestDeps();
  const ada = await seedMember(base.deps);
  const now = base.clock();
  const run = async (name: string, work: () => Promise<unknown>) => {
    for (let r = 0; r < 3; r++) {
      const start = performance.now(); let n = 0;
      await Promise.all(Array.from({ length: 32 }, async () => { while (performance.now() - start < 1500) { await work(); n++; } }));
      console.log(name, Math.round(n / (performance.now() - start) * 1000), '/s');
    }
  };
  await run('loadCall', () => loadCall(base.deps.db, ada.keyValue, '203.0.113.7', now));
  const network='203.0.113.7', keyValue=ada.keyValue, NO_KEY='';
  await run('json', async () => { const [row] = await base.deps.db.query<{j:string}>`SELECT row_to_json(r)::text AS j FROM (    SELECT ban.id IS NOT NULL AS address_banned,
           k.id AS key_id, k.user_id AS owner_id, k.discord_id, k.is_premium, k.is_invalidated, k.is_secret, k.expires_at,
           u.id AS member_id, COALESCE(u.login, u.name) AS username, u.company, u.avatar, u.membership::text AS membership,
           u.membership_expires_at, u.is_admin, u.is_active, u.banned, u.created_at,
           u.web_api_revoked OR sr.member_id IS NOT NULL AS web_api_revoked, sb.member_id IS NOT NULL AS banned_by_seller,
           u.totp_confirmed_at IS NOT NULL AS two_step_on, GREATEST(u.last_active_at, u.last_login_at) AS last_active_at,
           s.id AS session_id, s.started_at AS session_started_at, s.expires_at AS session_expires_at, v.name AS service_name,
           m.protection, m.salt, m.hash_v4, m.hash_v6, drawer.id IS NOT NULL AS hash_counts
    FROM (SELECT 1) AS one
    LEFT JOIN address_bans ban
      ON ban.address = ${network} AND ban.lifted_at IS NULL AND (ban.expires_at IS NULL OR ban.expires_at > ${now})
    LEFT JOIN licence_keys k ON k.key_value = ${keyValue ?? NO_KEY}
    LEFT JOIN users u ON u.id = k.member_id
    LEFT JOIN seller_bans sb ON sb.seller_id = k.user_id AND sb.member_id = k.member_id AND sb.lifted_at IS NULL
    LEFT JOIN seller_revocations sr ON sr.seller_id = k.user_id AND sr.member_id = k.member_id
    LEFT JOIN LATERAL (
      SELECT max(id) AS id FROM key_sessions WHERE key_id = k.id AND ended_at IS NULL AND expires_at > ${now}) live ON true
    LEFT JOIN key_sessions s ON s.id = live.id
    LEFT JOIN services v ON v.id = COALESCE(s.service_id, k.service_id)
    LEFT JOIN member_states m ON m.member_id = k.member_id
    LEFT JOIN key_sessions drawer ON drawer.id = m.session_id AND drawer.ended_at IS NULL AND drawer.expires_at > ${now}) r`; return JSON.parse(row?.j ?? ''); });
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({ connectionString: base.databaseUrl, max: 10 });
  const values: unknown[] = [network, now, keyValue];
  const text = `    SELECT ban.id IS NOT NULL AS address_banned,
           k.id AS key_id, k.user_id AS owner_id, k.discord_id, k.is_premium, k.is_invalidated, k.is_secret, k.expires_at,
           u.id AS member_id, COALESCE(u.login, u.name) AS username, u.company, u.avatar, u.membership::text AS membership,
           u.membership_expires_at, u.is_admin, u.is_active, u.banned, u.created_at,
           u.web_api_revoked OR sr.member_id IS NOT NULL AS web_api_revoked, sb.member_id IS NOT NULL AS banned_by_seller,
           u.totp_confirmed_at IS NOT NULL AS two_step_on, GREATEST(u.last_active_at, u.last_login_at) AS last_active_at,
           s.id AS session_id, s.started_at AS session_started_at, s.expires_at AS session_expires_at, v.name AS service_name,
           m.protection, m.salt, m.hash_v4, m.hash_v6, drawer.id IS NOT NULL AS hash_counts
    FROM (SELECT 1) AS one
    LEFT JOIN address_bans ban
      ON ban.address = $1 AND ban.lifted_at IS NULL AND (ban.expires_at IS NULL OR ban.expires_at > $2::timestamptz)
    LEFT JOIN licence_keys k ON k.key_value = $3
    LEFT JOIN users u ON u.id = k.member_id
    LEFT JOIN seller_bans sb ON sb.seller_id = k.user_id AND sb.member_id = k.member_id AND sb.lifted_at IS NULL
    LEFT JOIN seller_revocations sr ON sr.seller_id = k.user_id AND sr.member_id = k.member_id
    LEFT JOIN LATERAL (
      SELECT max(id) AS id FROM key_sessions WHERE key_id = k.id AND ended_at IS NULL AND expires_at > $2::timestamptz) live ON true
    LEFT JOIN key_sessions s ON s.id = live.id
    LEFT JOIN services v ON v.id = COALESCE(s.service_id, k.service_id)
    LEFT JOIN member_states m ON m.member_id = k.member_id
    LEFT JOIN key_sessions drawer ON drawer.id = m.session_id AND drawer.ended_at IS NULL AND drawer.expires_at > $2::timestamptz`;
  await run('pg', () => pool.query({ name: 'x', text, values }));
  await run('pg json', () => pool.query({ name: 'y', text: 'SELECT row_to_json(r)::text AS j FROM (' + text + ') r', values }));
  await run('pg one', () => pool.query({ name: 'z', text: 'SELECT 1', values:[] }));
  const explain = await pool.query({ text: 'EXPLAIN (ANALYZE, BUFFERS) ' + text, values });
  console.log(explain.rows.map((r) => r['QUERY PLAN']).join('\n'));
  await pool.end();
  await run('select1', () => base.deps.db.query`SELECT 1 AS one`);
  await run('one row', () => base.deps.db.query`SELECT * FROM users WHERE id = ${ada.memberId}`);
  const loaded = await loadCall(base.deps.db, ada.keyValue, '203.0.113.7', now);
  await run('ladder', async () => { for (let i = 0; i < 100; i++) climbLadder(toLadderFacts(loaded, { keySent: true, command: { access: 'member' }, network: '203.0.113.7' }), now); });
  await base.close();
});
