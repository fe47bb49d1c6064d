-- Rows of every table that the first migration made, as that version wrote them: upgrade.test.ts sees them survive the later ones.
-- What only a later version could write does not belong here.
INSERT INTO plans (name, "limit", window_seconds) VALUES ('small', 10, 60);
INSERT INTO tariffs (name, title, price, campaigns) VALUES ('gold', 'Gold', 12.50, 3);
INSERT INTO users (id, email, name, login, membership, membership_expires_at, credits, plan, tariff, telegram_id, totp_secret, password_hash, banned) VALUES
  (1, 'Seller@example.com', 'Zoë "the" <seller>', 'seller', 'premium', '2031-01-01Z', 1234.56, 'reseller', 'gold', 9007199254740993, '\x01ff', '$argon2id$v=19$x', false),
  (2, NULL, 'Mitglied ☃', NULL, 'free', NULL, 0, 'standard', 'free', NULL, NULL, NULL, false),
  (5000, 'banned@example.com', 'Banned', NULL, 'lifetime', NULL, 0, 'small', 'free', NULL, NULL, NULL, true);
INSERT INTO credentials (user_id, kind, secret_hash, prefix, last4, scopes, revoked_at) VALUES
  (1, 'rest_api', '\x0a', 'gh_', 'abcd', '{rest-api:*,"a b"}', NULL), (1, 'phpstrap', '\x0b', 'ps_', 'efgh', '{}', NULL), (2, 'altercpa', '\x0c', 'ac_', 'ijkl', '{}', now());
INSERT INTO user_sessions (user_id, token_hash, factors, expires_at) VALUES (1, '\x0d', '{password,totp}', '2031-01-01Z');
INSERT INTO recovery_codes (user_id, code_hash) VALUES (1, '\x0e');
INSERT INTO mail_tokens (user_id, purpose, token_hash, email, expires_at) VALUES (1, 'reset_password', '\x0f', 'Seller@example.com', '2031-01-01Z');
INSERT INTO telegram_logins (hash, user_id) VALUES ('\x10', 1);

INSERT INTO sites (id, name, timezone, slug, api_enabled, sign_in_methods, retention_days) VALUES (1, 'Café 🂡', 'Europe/Berlin', '0123456789', true, '{email}', 30);
INSERT INTO site_api_keys (site_id, key_hash, prefix, last4) VALUES (1, '\x11', 'sk_', 'mnop');
INSERT INTO nas (id, site_id, name, address, secret) VALUES (1, 1, 'Roof', '10.1.2.0/24', '\x12'), (2, 1, 'Cellar', '2001:db8::7', '\x13');
INSERT INTO vouchers (id, site_id, username, passcode, fullname, valid_for, valid_from, download_limit_mb, bytes_in, mac) VALUES
  (1, 1, 'guest', '\x14', 'A Guest', '2 days', '2026-01-02Z', 1024, 5000000000, '00:11:22:33:44:55'), (2, 1, 'unused', '\x15', 'Another', 'always', '2026-01-02Z', NULL, 0, NULL);
INSERT INTO guests (id, site_id, kind, identity, email, visits, marketing, consent_version, consent_at) VALUES (1, 1, 'email', 'g@example.com', 'g@example.com', 3, true, 'v1', now());
INSERT INTO guest_logins (id, site_id, guest_id, login, passcode, expires_at) VALUES (1, 1, 1, 'g@example.com', '\x16', '2031-01-01Z');
INSERT INTO guest_sessions (id, site_id, nas_id, class_ref, acct_session_id, voucher_id, login, method, bytes_out, ended_at) VALUES
  (1, 1, 1, 'ref-1', 'A1', 1, 'guest', 'voucher', 6000000000, NULL), (2, 1, NULL, 'ref-2', NULL, NULL, 'gone', 'voucher', 0, now());
INSERT INTO login_log (site_id, nas_id, guest_session_id, login, accepted, reason) VALUES (1, 1, 1, 'guest', true, NULL), (1, 1, NULL, 'stranger', false, 'unknown');
INSERT INTO guest_hosts (site_id, mac, host_name) VALUES (1, '00:11:22:33:44:66', '<img src=x>');

INSERT INTO providers (id, user_id, name) VALUES (1, 1, 'Shop'), (2, 5000, 'Other');
INSERT INTO services (id, user_id, name, slug) VALUES (1, 1, 'Program', 'program');
INSERT INTO licence_keys (id, key_value, user_id, member_id, service_id, provider_id, is_invalidated, one_time_use, hwid_count, expires_at, used_at) VALUES
  (1, 'AAAA-BBBB-CCCC-0001', 1, 2, 1, 1, false, false, 2, '2026-05-06 07:08:09.123Z', '2026-01-03Z'),
  (2, 'AAAA-BBBB-CCCC-0002', 1, NULL, NULL, 1, true, false, 0, NULL, NULL),
  (3, 'AAAA-BBBB-CCCC-0003', 1, NULL, NULL, 1, false, true, 0, '1969-12-31Z', '2026-01-03Z'),
  (4, 'AAAA-BBBB-CCCC-0004', 5000, NULL, NULL, 2, false, false, 0, NULL, NULL);
INSERT INTO key_hwids (key_id, hwid, bound_by) VALUES (1, 'Machine-ÄÖ', 'verify'), (1, 'machine-2', 'manual');
INSERT INTO hwid_bans (user_id, hwid, reason) VALUES (1, 'bad', NULL);
INSERT INTO verify_uses (id, key_hash, key_id, nonce, verdict, answer) VALUES (1, '\x17', 1, 'n', 'VALID', '{"valid": true}');
INSERT INTO key_sessions (id, key_id, user_id, service_id, hwid, token_hash, use_id, address, expires_at, ended_at) VALUES
  (1, 1, 1, 1, 'machine-2', '\x18', 1, '192.0.2.1', '2031-01-01Z', NULL), (2, 4, 5000, NULL, NULL, '\x19', NULL, NULL, '2031-01-01Z', NULL);
INSERT INTO signing_keys (kid, public_key, private_key, retired_at) VALUES ('old', '\x1a', '\x1b', now()), ('new', '\x1c', '\x1d', NULL);
INSERT INTO member_states (member_id, salt, hash_v4, session_id, protection) VALUES (2, '\x1e', '\x1f', 1, 2);
INSERT INTO member_configurations (member_id, content) VALUES (2, '{"a":1}');
INSERT INTO handshakes (member_id, key_id, token_hash, expires_at) VALUES (2, 1, '\x20', '2031-01-01Z');
INSERT INTO software (id, owner_id, name, version) VALUES (1, 1, 'Program', '1.0');
INSERT INTO script_categories (id, owner_id, name) VALUES (1, 1, 'Tools');
INSERT INTO scripts (id, owner_id, author_id, software_id, name, content, categories) VALUES (1, 1, 2, 1, 'Add-on', 'print("☃")', '{1}');
INSERT INTO script_team (script_id, user_id) VALUES (1, 2);
INSERT INTO member_scripts (member_id, script_id) VALUES (2, 1);
INSERT INTO seller_bans (seller_id, member_id, reason) VALUES (1, 5000, 'late');
INSERT INTO seller_revocations (seller_id, member_id) VALUES (1, 2);
INSERT INTO address_bans (address, reason, lifted_at) VALUES ('192.0.2.9', 'keys', NULL), ('192.0.2.9', 'keys', now());
INSERT INTO wrong_keys (address, key_hash) VALUES ('192.0.2.9', '\x21');

INSERT INTO settings (name, value) VALUES ('cors_origins', '["a", {"b": null}]');
INSERT INTO instance_secrets (name, value) VALUES ('s', '\x22');
INSERT INTO idempotency_keys (scope, key, request_hash, status, answer) VALUES ('u1', 'k', '\x23', 201, '\x24');
INSERT INTO audit_log (request_id, dialect, endpoint, address, outcome, status, duration_ms, writer, seq, mac) VALUES ('r', 'keys', 'GET /keys', '192.0.2.1', 'ok', 200, 5, 'w', 1, '\x25');
INSERT INTO audit_counts (minute, dialect, requests, refusals) VALUES ('2026-01-02 03:04Z', 'keys', 1, 0);
INSERT INTO audit_checkpoints (writer, seq, mac, reason) VALUES ('w', 1, '\x25', 'interval');
