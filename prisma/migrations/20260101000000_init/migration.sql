-- Parts of texts are searched through trigrams. A database owner may create this extension (it is trusted).
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- CreateEnum
CREATE TYPE "membership" AS ENUM ('free', 'premium', 'lifetime');

-- CreateEnum
CREATE TYPE "credential_kind" AS ENUM ('phpstrap', 'altercpa', 'rest_api');

-- CreateEnum
CREATE TYPE "mail_purpose" AS ENUM ('verify_email', 'reset_password');

-- CreateEnum
CREATE TYPE "guest_kind" AS ENUM ('email', 'mobile', 'facebook', 'free');

-- CreateEnum
CREATE TYPE "hwid_bound_by" AS ENUM ('api', 'verify', 'manual', 'admin');

-- CreateTable
CREATE TABLE "users" (
    "id" SERIAL NOT NULL,
    "email" TEXT,
    "name" TEXT NOT NULL,
    "login" TEXT,
    "company" TEXT,
    "phone" TEXT,
    "avatar" TEXT,
    "bio" TEXT,
    "website" TEXT,
    "timezone" TEXT NOT NULL DEFAULT 'UTC',
    "language" TEXT NOT NULL DEFAULT 'en',
    "lang" TEXT NOT NULL DEFAULT 'en',
    "membership" "membership" NOT NULL DEFAULT 'free',
    "membership_expires_at" TIMESTAMPTZ(3),
    "credits" DECIMAL(12,2) NOT NULL DEFAULT 0,
    "plan" TEXT NOT NULL DEFAULT 'standard',
    "rate_limit" INTEGER,
    "rate_limit_window" INTEGER,
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "is_admin" BOOLEAN NOT NULL DEFAULT false,
    "banned" BOOLEAN NOT NULL DEFAULT false,
    "ban_reason" TEXT,
    "web_api_revoked" BOOLEAN NOT NULL DEFAULT false,
    "password_hash" TEXT,
    "verified_at" TIMESTAMPTZ(3),
    "last_login_at" TIMESTAMPTZ(3),
    "last_active_at" TIMESTAMPTZ(3),
    "tariff" TEXT NOT NULL DEFAULT 'free',
    "notify_tariff" BOOLEAN NOT NULL DEFAULT true,
    "notify_leads" BOOLEAN NOT NULL DEFAULT true,
    "telegram_id" BIGINT,
    "totp_secret" BYTEA,
    "totp_confirmed_at" TIMESTAMPTZ(3),
    "totp_last_step" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "credentials" (
    "id" SERIAL NOT NULL,
    "user_id" INTEGER NOT NULL,
    "kind" "credential_kind" NOT NULL,
    "secret_hash" BYTEA NOT NULL,
    "prefix" TEXT NOT NULL,
    "last4" TEXT NOT NULL,
    "scopes" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "name" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "credentials_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "user_sessions" (
    "id" SERIAL NOT NULL,
    "user_id" INTEGER NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "factors" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "user_sessions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "recovery_codes" (
    "id" SERIAL NOT NULL,
    "user_id" INTEGER NOT NULL,
    "code_hash" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "recovery_codes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "mail_tokens" (
    "id" SERIAL NOT NULL,
    "user_id" INTEGER NOT NULL,
    "purpose" "mail_purpose" NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "email" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "mail_tokens_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "telegram_logins" (
    "hash" BYTEA NOT NULL,
    "user_id" INTEGER,
    "seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "telegram_logins_pkey" PRIMARY KEY ("hash")
);

-- CreateTable
CREATE TABLE "plans" (
    "name" TEXT NOT NULL,
    "limit" INTEGER NOT NULL,
    "window_seconds" INTEGER NOT NULL,
    "can_list_users" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "plans_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "tariffs" (
    "name" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "price" DECIMAL(12,2) NOT NULL DEFAULT 0,
    "campaigns" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "tariffs_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "sites" (
    "id" SERIAL NOT NULL,
    "name" TEXT NOT NULL,
    "timezone" TEXT NOT NULL DEFAULT 'UTC',
    "slug" TEXT NOT NULL,
    "api_enabled" BOOLEAN NOT NULL DEFAULT false,
    "post_enabled" BOOLEAN NOT NULL DEFAULT true,
    "get_enabled" BOOLEAN NOT NULL DEFAULT true,
    "cloud_get_enabled" BOOLEAN NOT NULL DEFAULT false,
    "get_allowed_cidrs" TEXT[] DEFAULT ARRAY['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '127.0.0.0/8', '::1/128', 'fc00::/7', 'fe80::/10']::TEXT[],
    "default_valid_for" TEXT NOT NULL DEFAULT '1 day',
    "sign_in_methods" TEXT[] DEFAULT ARRAY['email', 'mobile', 'facebook', 'free']::TEXT[],
    "bind_mac" BOOLEAN NOT NULL DEFAULT false,
    "devices_per_voucher" INTEGER NOT NULL DEFAULT 1,
    "retention_days" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sites_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "site_api_keys" (
    "id" SERIAL NOT NULL,
    "site_id" INTEGER NOT NULL,
    "key_hash" BYTEA NOT NULL,
    "prefix" TEXT NOT NULL,
    "last4" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "site_api_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "nas" (
    "id" SERIAL NOT NULL,
    "site_id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "address" INET NOT NULL,
    "secret" BYTEA NOT NULL,
    "require_message_authenticator" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "nas_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "vouchers" (
    "id" SERIAL NOT NULL,
    "site_id" INTEGER NOT NULL,
    "username" TEXT NOT NULL,
    "passcode" BYTEA NOT NULL,
    "fullname" TEXT NOT NULL,
    "valid_for" TEXT NOT NULL,
    "valid_from" TIMESTAMPTZ(3) NOT NULL,
    "download_limit_mb" INTEGER,
    "upload_limit_mb" INTEGER,
    "first_login_at" TIMESTAMPTZ(3),
    "last_login_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3),
    "mac" TEXT,
    "bytes_in" BIGINT NOT NULL DEFAULT 0,
    "bytes_out" BIGINT NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_modified_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "vouchers_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "guests" (
    "id" SERIAL NOT NULL,
    "site_id" INTEGER NOT NULL,
    "kind" "guest_kind" NOT NULL,
    "identity" TEXT NOT NULL,
    "name" TEXT,
    "email" TEXT,
    "gender" TEXT,
    "locale" TEXT,
    "comments" TEXT,
    "comments1" TEXT,
    "comments2" TEXT,
    "mac" TEXT,
    "visits" INTEGER NOT NULL DEFAULT 0,
    "marketing" BOOLEAN NOT NULL DEFAULT false,
    "verified" BOOLEAN NOT NULL DEFAULT false,
    "consent_version" TEXT,
    "consent_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_login_at" TIMESTAMPTZ(3),
    "last_modified_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "guests_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "guest_logins" (
    "id" SERIAL NOT NULL,
    "site_id" INTEGER NOT NULL,
    "guest_id" INTEGER NOT NULL,
    "login" TEXT NOT NULL,
    "passcode" BYTEA NOT NULL,
    "mac" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "first_login_at" TIMESTAMPTZ(3),
    "last_login_at" TIMESTAMPTZ(3),
    "bytes_in" BIGINT NOT NULL DEFAULT 0,
    "bytes_out" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "guest_logins_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "guest_sessions" (
    "id" SERIAL NOT NULL,
    "site_id" INTEGER NOT NULL,
    "nas_id" INTEGER,
    "class_ref" TEXT NOT NULL,
    "acct_session_id" TEXT,
    "voucher_id" INTEGER,
    "guest_login_id" INTEGER,
    "login" TEXT NOT NULL,
    "method" TEXT NOT NULL,
    "mac" TEXT,
    "address" TEXT,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_update_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),
    "terminate_cause" TEXT,
    "bytes_in" BIGINT NOT NULL DEFAULT 0,
    "bytes_out" BIGINT NOT NULL DEFAULT 0,
    "session_seconds" INTEGER NOT NULL DEFAULT 0,
    "counters_moved_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "guest_sessions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "login_log" (
    "id" SERIAL NOT NULL,
    "site_id" INTEGER NOT NULL,
    "nas_id" INTEGER,
    "guest_session_id" INTEGER,
    "login" TEXT NOT NULL,
    "method" TEXT,
    "mac" TEXT,
    "address" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "accepted" BOOLEAN NOT NULL,
    "reason" TEXT,

    CONSTRAINT "login_log_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "guest_hosts" (
    "id" SERIAL NOT NULL,
    "site_id" INTEGER NOT NULL,
    "mac" TEXT NOT NULL,
    "address" TEXT,
    "to_address" TEXT,
    "host_name" TEXT,
    "uptime" INTEGER NOT NULL DEFAULT 0,
    "idle" INTEGER NOT NULL DEFAULT 0,
    "bytes_in" BIGINT NOT NULL DEFAULT 0,
    "bytes_out" BIGINT NOT NULL DEFAULT 0,
    "authorized" BOOLEAN NOT NULL DEFAULT false,
    "bypassed" BOOLEAN NOT NULL DEFAULT false,
    "seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "guest_hosts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "providers" (
    "id" SERIAL NOT NULL,
    "user_id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "key_valid_minutes" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "providers_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "services" (
    "id" SERIAL NOT NULL,
    "user_id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "is_premium" BOOLEAN NOT NULL DEFAULT false,
    "keyless_mode" BOOLEAN NOT NULL DEFAULT false,
    "slug" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "services_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "licence_keys" (
    "id" SERIAL NOT NULL,
    "key_value" TEXT NOT NULL,
    "user_id" INTEGER NOT NULL,
    "member_id" INTEGER,
    "service_id" INTEGER,
    "provider_id" INTEGER,
    "key_name" TEXT,
    "discord_id" TEXT,
    "is_premium" BOOLEAN NOT NULL DEFAULT false,
    "is_invalidated" BOOLEAN NOT NULL DEFAULT false,
    "is_secret" BOOLEAN NOT NULL DEFAULT false,
    "one_time_use" BOOLEAN NOT NULL DEFAULT false,
    "expiry_on_first_use" BOOLEAN NOT NULL DEFAULT false,
    "validity_minutes" INTEGER,
    "no_hwid" BOOLEAN NOT NULL DEFAULT false,
    "hwid_limit" INTEGER,
    "hwid_count" INTEGER NOT NULL DEFAULT 0,
    "expires_at" TIMESTAMPTZ(3),
    "used_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "licence_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "key_hwids" (
    "id" SERIAL NOT NULL,
    "key_id" INTEGER NOT NULL,
    "hwid" TEXT NOT NULL,
    "bound_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "bound_by" "hwid_bound_by" NOT NULL,

    CONSTRAINT "key_hwids_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "hwid_bans" (
    "id" SERIAL NOT NULL,
    "user_id" INTEGER NOT NULL,
    "hwid" TEXT NOT NULL,
    "reason" TEXT,
    "expires_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "hwid_bans_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "verify_uses" (
    "id" SERIAL NOT NULL,
    "key_hash" BYTEA NOT NULL,
    "key_id" INTEGER,
    "hwid" TEXT NOT NULL DEFAULT '',
    "nonce" TEXT NOT NULL,
    "service_id" INTEGER,
    "verdict" TEXT NOT NULL,
    "answer" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "verify_uses_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "key_sessions" (
    "id" SERIAL NOT NULL,
    "key_id" INTEGER NOT NULL,
    "user_id" INTEGER NOT NULL,
    "service_id" INTEGER,
    "hwid" TEXT,
    "token_hash" BYTEA NOT NULL,
    "use_id" INTEGER,
    "address" TEXT,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_heartbeat_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "key_sessions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "signing_keys" (
    "kid" TEXT NOT NULL,
    "public_key" BYTEA NOT NULL,
    "private_key" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "retired_at" TIMESTAMPTZ(3),

    CONSTRAINT "signing_keys_pkey" PRIMARY KEY ("kid")
);

-- CreateTable
CREATE TABLE "member_states" (
    "member_id" INTEGER NOT NULL,
    "salt" BYTEA,
    "hash_v4" BYTEA,
    "hash_v6" BYTEA,
    "hash_set_at" TIMESTAMPTZ(3),
    "session_id" INTEGER,
    "protection" INTEGER NOT NULL DEFAULT 0,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "member_states_pkey" PRIMARY KEY ("member_id")
);

-- CreateTable
CREATE TABLE "member_configurations" (
    "member_id" INTEGER NOT NULL,
    "content" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "member_configurations_pkey" PRIMARY KEY ("member_id")
);

-- CreateTable
CREATE TABLE "handshakes" (
    "id" SERIAL NOT NULL,
    "member_id" INTEGER NOT NULL,
    "key_id" INTEGER NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),
    "terminated_at" TIMESTAMPTZ(3),

    CONSTRAINT "handshakes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "software" (
    "id" SERIAL NOT NULL,
    "owner_id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "checksum_windows" TEXT,
    "checksum_linux" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "software_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "script_categories" (
    "id" SERIAL NOT NULL,
    "owner_id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,

    CONSTRAINT "script_categories_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "scripts" (
    "id" SERIAL NOT NULL,
    "owner_id" INTEGER NOT NULL,
    "author_id" INTEGER,
    "software_id" INTEGER,
    "name" TEXT NOT NULL,
    "content" TEXT NOT NULL DEFAULT '',
    "notes" TEXT NOT NULL DEFAULT '',
    "core" BOOLEAN NOT NULL DEFAULT false,
    "forums" TEXT,
    "library" BOOLEAN NOT NULL DEFAULT false,
    "categories" INTEGER[] DEFAULT ARRAY[]::INTEGER[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "scripts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "script_team" (
    "script_id" INTEGER NOT NULL,
    "user_id" INTEGER NOT NULL,

    CONSTRAINT "script_team_pkey" PRIMARY KEY ("script_id","user_id")
);

-- CreateTable
CREATE TABLE "member_scripts" (
    "member_id" INTEGER NOT NULL,
    "script_id" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "member_scripts_pkey" PRIMARY KEY ("member_id","script_id")
);

-- CreateTable
CREATE TABLE "seller_bans" (
    "seller_id" INTEGER NOT NULL,
    "member_id" INTEGER NOT NULL,
    "reason" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "seller_bans_pkey" PRIMARY KEY ("seller_id","member_id")
);

-- CreateTable
CREATE TABLE "seller_revocations" (
    "seller_id" INTEGER NOT NULL,
    "member_id" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "seller_revocations_pkey" PRIMARY KEY ("seller_id","member_id")
);

-- CreateTable
CREATE TABLE "address_bans" (
    "id" SERIAL NOT NULL,
    "address" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lifted_at" TIMESTAMPTZ(3),

    CONSTRAINT "address_bans_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "wrong_keys" (
    "address" TEXT NOT NULL,
    "key_hash" BYTEA NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "wrong_keys_pkey" PRIMARY KEY ("address","key_hash")
);

-- CreateTable
CREATE TABLE "settings" (
    "name" TEXT NOT NULL,
    "value" JSONB NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "settings_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "instance_secrets" (
    "name" TEXT NOT NULL,
    "value" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "instance_secrets_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "idempotency_keys" (
    "scope" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "request_hash" BYTEA NOT NULL,
    "status" INTEGER,
    "answer" BYTEA,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY ("scope","key")
);

-- CreateTable
CREATE TABLE "audit_log" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "request_id" TEXT NOT NULL,
    "dialect" TEXT NOT NULL,
    "endpoint" TEXT NOT NULL,
    "principal" TEXT,
    "owner_id" INTEGER,
    "key_last4" TEXT,
    "address" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "status" INTEGER NOT NULL,
    "duration_ms" INTEGER NOT NULL,
    "writer" TEXT NOT NULL,
    "seq" BIGINT NOT NULL,
    "mac" BYTEA NOT NULL,
    "details" JSONB,

    CONSTRAINT "audit_log_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_counts" (
    "minute" TIMESTAMPTZ(0) NOT NULL,
    "dialect" TEXT NOT NULL,
    "requests" INTEGER NOT NULL DEFAULT 0,
    "refusals" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "audit_counts_pkey" PRIMARY KEY ("minute","dialect")
);

-- CreateTable
CREATE TABLE "audit_checkpoints" (
    "id" SERIAL NOT NULL,
    "writer" TEXT NOT NULL,
    "seq" BIGINT NOT NULL,
    "mac" BYTEA NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "reason" TEXT NOT NULL,

    CONSTRAINT "audit_checkpoints_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "users_telegram_id_key" ON "users"("telegram_id");

-- CreateIndex
CREATE INDEX "users_membership_id_idx" ON "users"("membership", "id");

-- CreateIndex
CREATE INDEX "users_plan_idx" ON "users"("plan");

-- CreateIndex
CREATE INDEX "users_tariff_idx" ON "users"("tariff");

-- CreateIndex
CREATE INDEX "users_created_at_id_idx" ON "users"("created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "credentials_secret_hash_key" ON "credentials"("secret_hash");

-- CreateIndex
CREATE INDEX "credentials_user_id_id_idx" ON "credentials"("user_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "user_sessions_token_hash_key" ON "user_sessions"("token_hash");

-- CreateIndex
CREATE INDEX "user_sessions_user_id_idx" ON "user_sessions"("user_id");

-- CreateIndex
CREATE INDEX "user_sessions_expires_at_idx" ON "user_sessions"("expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "recovery_codes_user_id_code_hash_key" ON "recovery_codes"("user_id", "code_hash");

-- CreateIndex
CREATE UNIQUE INDEX "mail_tokens_token_hash_key" ON "mail_tokens"("token_hash");

-- CreateIndex
CREATE INDEX "mail_tokens_user_id_purpose_idx" ON "mail_tokens"("user_id", "purpose");

-- CreateIndex
CREATE INDEX "mail_tokens_expires_at_idx" ON "mail_tokens"("expires_at");

-- CreateIndex
CREATE INDEX "telegram_logins_user_id_idx" ON "telegram_logins"("user_id");

-- CreateIndex
CREATE INDEX "telegram_logins_seen_at_idx" ON "telegram_logins"("seen_at");

-- CreateIndex
CREATE UNIQUE INDEX "sites_slug_key" ON "sites"("slug");

-- CreateIndex
CREATE UNIQUE INDEX "site_api_keys_key_hash_key" ON "site_api_keys"("key_hash");

-- CreateIndex
CREATE INDEX "site_api_keys_site_id_id_idx" ON "site_api_keys"("site_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "nas_address_key" ON "nas"("address");

-- CreateIndex
CREATE INDEX "nas_site_id_id_idx" ON "nas"("site_id", "id");

-- CreateIndex
CREATE INDEX "vouchers_site_id_id_idx" ON "vouchers"("site_id", "id");

-- CreateIndex
CREATE INDEX "vouchers_site_id_created_at_idx" ON "vouchers"("site_id", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "vouchers_site_id_username_key" ON "vouchers"("site_id", "username");

-- CreateIndex
CREATE INDEX "guests_site_id_kind_id_idx" ON "guests"("site_id", "kind", "id");

-- CreateIndex
CREATE INDEX "guests_site_id_last_login_at_idx" ON "guests"("site_id", "last_login_at");

-- CreateIndex
CREATE UNIQUE INDEX "guests_site_id_kind_identity_key" ON "guests"("site_id", "kind", "identity");

-- CreateIndex
CREATE INDEX "guest_logins_site_id_login_id_idx" ON "guest_logins"("site_id", "login", "id");

-- CreateIndex
CREATE INDEX "guest_logins_guest_id_idx" ON "guest_logins"("guest_id");

-- CreateIndex
CREATE INDEX "guest_logins_site_id_expires_at_idx" ON "guest_logins"("site_id", "expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "guest_sessions_class_ref_key" ON "guest_sessions"("class_ref");

-- CreateIndex
CREATE INDEX "guest_sessions_site_id_started_at_idx" ON "guest_sessions"("site_id", "started_at");

-- CreateIndex
CREATE INDEX "guest_sessions_nas_id_idx" ON "guest_sessions"("nas_id");

-- CreateIndex
CREATE INDEX "guest_sessions_voucher_id_idx" ON "guest_sessions"("voucher_id");

-- CreateIndex
CREATE INDEX "guest_sessions_guest_login_id_idx" ON "guest_sessions"("guest_login_id");

-- CreateIndex
CREATE INDEX "login_log_site_id_id_idx" ON "login_log"("site_id", "id");

-- CreateIndex
CREATE INDEX "login_log_site_id_at_idx" ON "login_log"("site_id", "at");

-- CreateIndex
CREATE INDEX "login_log_nas_id_idx" ON "login_log"("nas_id");

-- CreateIndex
CREATE INDEX "login_log_guest_session_id_idx" ON "login_log"("guest_session_id");

-- CreateIndex
CREATE INDEX "guest_hosts_site_id_id_idx" ON "guest_hosts"("site_id", "id");

-- CreateIndex
CREATE INDEX "providers_user_id_id_idx" ON "providers"("user_id", "id");

-- CreateIndex
CREATE INDEX "services_user_id_id_idx" ON "services"("user_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "services_user_id_slug_key" ON "services"("user_id", "slug");

-- CreateIndex
CREATE UNIQUE INDEX "licence_keys_key_value_key" ON "licence_keys"("key_value");

-- CreateIndex
CREATE INDEX "licence_keys_user_id_id_idx" ON "licence_keys"("user_id", "id");

-- CreateIndex
CREATE INDEX "licence_keys_user_id_discord_id_id_idx" ON "licence_keys"("user_id", "discord_id", "id");

-- CreateIndex
CREATE INDEX "licence_keys_user_id_expires_at_id_idx" ON "licence_keys"("user_id", "expires_at", "id");

-- CreateIndex
CREATE INDEX "licence_keys_service_id_id_idx" ON "licence_keys"("service_id", "id");

-- CreateIndex
CREATE INDEX "licence_keys_provider_id_id_idx" ON "licence_keys"("provider_id", "id");

-- CreateIndex
CREATE INDEX "licence_keys_member_id_idx" ON "licence_keys"("member_id");

-- CreateIndex
CREATE UNIQUE INDEX "key_hwids_key_id_hwid_key" ON "key_hwids"("key_id", "hwid");

-- CreateIndex
CREATE INDEX "hwid_bans_user_id_id_idx" ON "hwid_bans"("user_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "hwid_bans_user_id_hwid_key" ON "hwid_bans"("user_id", "hwid");

-- CreateIndex
CREATE INDEX "verify_uses_key_id_idx" ON "verify_uses"("key_id");

-- CreateIndex
CREATE INDEX "verify_uses_created_at_idx" ON "verify_uses"("created_at");

-- CreateIndex
CREATE UNIQUE INDEX "verify_uses_key_hash_hwid_nonce_key" ON "verify_uses"("key_hash", "hwid", "nonce");

-- CreateIndex
CREATE UNIQUE INDEX "key_sessions_token_hash_key" ON "key_sessions"("token_hash");

-- CreateIndex
CREATE UNIQUE INDEX "key_sessions_use_id_key" ON "key_sessions"("use_id");

-- CreateIndex
CREATE INDEX "key_sessions_key_id_id_idx" ON "key_sessions"("key_id", "id");

-- CreateIndex
CREATE INDEX "key_sessions_user_id_idx" ON "key_sessions"("user_id");

-- CreateIndex
CREATE INDEX "key_sessions_service_id_idx" ON "key_sessions"("service_id");

-- CreateIndex
CREATE UNIQUE INDEX "handshakes_token_hash_key" ON "handshakes"("token_hash");

-- CreateIndex
CREATE INDEX "handshakes_member_id_idx" ON "handshakes"("member_id");

-- CreateIndex
CREATE INDEX "handshakes_key_id_idx" ON "handshakes"("key_id");

-- CreateIndex
CREATE INDEX "handshakes_expires_at_idx" ON "handshakes"("expires_at");

-- CreateIndex
CREATE INDEX "software_owner_id_id_idx" ON "software"("owner_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "software_owner_id_name_key" ON "software"("owner_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "script_categories_owner_id_name_key" ON "script_categories"("owner_id", "name");

-- CreateIndex
CREATE INDEX "scripts_owner_id_id_idx" ON "scripts"("owner_id", "id");

-- CreateIndex
CREATE INDEX "scripts_author_id_idx" ON "scripts"("author_id");

-- CreateIndex
CREATE INDEX "scripts_software_id_idx" ON "scripts"("software_id");

-- CreateIndex
CREATE INDEX "script_team_user_id_idx" ON "script_team"("user_id");

-- CreateIndex
CREATE INDEX "member_scripts_script_id_idx" ON "member_scripts"("script_id");

-- CreateIndex
CREATE INDEX "seller_bans_member_id_idx" ON "seller_bans"("member_id");

-- CreateIndex
CREATE INDEX "seller_revocations_member_id_idx" ON "seller_revocations"("member_id");

-- CreateIndex
CREATE INDEX "address_bans_address_idx" ON "address_bans"("address");

-- CreateIndex
CREATE INDEX "wrong_keys_address_at_idx" ON "wrong_keys"("address", "at");

-- CreateIndex
CREATE INDEX "wrong_keys_at_idx" ON "wrong_keys"("at");

-- CreateIndex
CREATE INDEX "idempotency_keys_created_at_idx" ON "idempotency_keys"("created_at");

-- CreateIndex
CREATE INDEX "audit_log_at_id_idx" ON "audit_log"("at", "id");

-- CreateIndex
CREATE INDEX "audit_log_dialect_at_id_idx" ON "audit_log"("dialect", "at", "id");

-- CreateIndex
CREATE INDEX "audit_log_endpoint_at_id_idx" ON "audit_log"("endpoint", "at", "id");

-- CreateIndex
CREATE INDEX "audit_log_principal_at_id_idx" ON "audit_log"("principal", "at", "id");

-- CreateIndex
CREATE INDEX "audit_log_outcome_at_id_idx" ON "audit_log"("outcome", "at", "id");

-- CreateIndex
CREATE INDEX "audit_log_address_at_id_idx" ON "audit_log"("address", "at", "id");

-- CreateIndex
CREATE INDEX "audit_log_owner_id_at_id_idx" ON "audit_log"("owner_id", "at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "audit_log_writer_seq_key" ON "audit_log"("writer", "seq");

-- CreateIndex
CREATE INDEX "audit_checkpoints_writer_seq_idx" ON "audit_checkpoints"("writer", "seq");

-- AddForeignKey
ALTER TABLE "users" ADD CONSTRAINT "users_plan_fkey" FOREIGN KEY ("plan") REFERENCES "plans"("name") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "users" ADD CONSTRAINT "users_tariff_fkey" FOREIGN KEY ("tariff") REFERENCES "tariffs"("name") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "credentials" ADD CONSTRAINT "credentials_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "user_sessions" ADD CONSTRAINT "user_sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "recovery_codes" ADD CONSTRAINT "recovery_codes_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "mail_tokens" ADD CONSTRAINT "mail_tokens_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "telegram_logins" ADD CONSTRAINT "telegram_logins_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "site_api_keys" ADD CONSTRAINT "site_api_keys_site_id_fkey" FOREIGN KEY ("site_id") REFERENCES "sites"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "nas" ADD CONSTRAINT "nas_site_id_fkey" FOREIGN KEY ("site_id") REFERENCES "sites"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "vouchers" ADD CONSTRAINT "vouchers_site_id_fkey" FOREIGN KEY ("site_id") REFERENCES "sites"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "guests" ADD CONSTRAINT "guests_site_id_fkey" FOREIGN KEY ("site_id") REFERENCES "sites"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "guest_logins" ADD CONSTRAINT "guest_logins_site_id_fkey" FOREIGN KEY ("site_id") REFERENCES "sites"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "guest_logins" ADD CONSTRAINT "guest_logins_guest_id_fkey" FOREIGN KEY ("guest_id") REFERENCES "guests"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "guest_sessions" ADD CONSTRAINT "guest_sessions_site_id_fkey" FOREIGN KEY ("site_id") REFERENCES "sites"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "guest_sessions" ADD CONSTRAINT "guest_sessions_nas_id_fkey" FOREIGN KEY ("nas_id") REFERENCES "nas"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "guest_sessions" ADD CONSTRAINT "guest_sessions_voucher_id_fkey" FOREIGN KEY ("voucher_id") REFERENCES "vouchers"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "guest_sessions" ADD CONSTRAINT "guest_sessions_guest_login_id_fkey" FOREIGN KEY ("guest_login_id") REFERENCES "guest_logins"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "login_log" ADD CONSTRAINT "login_log_site_id_fkey" FOREIGN KEY ("site_id") REFERENCES "sites"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "login_log" ADD CONSTRAINT "login_log_nas_id_fkey" FOREIGN KEY ("nas_id") REFERENCES "nas"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "login_log" ADD CONSTRAINT "login_log_guest_session_id_fkey" FOREIGN KEY ("guest_session_id") REFERENCES "guest_sessions"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "guest_hosts" ADD CONSTRAINT "guest_hosts_site_id_fkey" FOREIGN KEY ("site_id") REFERENCES "sites"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "providers" ADD CONSTRAINT "providers_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "services" ADD CONSTRAINT "services_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "licence_keys" ADD CONSTRAINT "licence_keys_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "licence_keys" ADD CONSTRAINT "licence_keys_member_id_fkey" FOREIGN KEY ("member_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "licence_keys" ADD CONSTRAINT "licence_keys_service_id_fkey" FOREIGN KEY ("service_id") REFERENCES "services"("id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "licence_keys" ADD CONSTRAINT "licence_keys_provider_id_fkey" FOREIGN KEY ("provider_id") REFERENCES "providers"("id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "key_hwids" ADD CONSTRAINT "key_hwids_key_id_fkey" FOREIGN KEY ("key_id") REFERENCES "licence_keys"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "hwid_bans" ADD CONSTRAINT "hwid_bans_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "verify_uses" ADD CONSTRAINT "verify_uses_key_id_fkey" FOREIGN KEY ("key_id") REFERENCES "licence_keys"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "key_sessions" ADD CONSTRAINT "key_sessions_key_id_fkey" FOREIGN KEY ("key_id") REFERENCES "licence_keys"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "key_sessions" ADD CONSTRAINT "key_sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "key_sessions" ADD CONSTRAINT "key_sessions_service_id_fkey" FOREIGN KEY ("service_id") REFERENCES "services"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "key_sessions" ADD CONSTRAINT "key_sessions_use_id_fkey" FOREIGN KEY ("use_id") REFERENCES "verify_uses"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "member_states" ADD CONSTRAINT "member_states_member_id_fkey" FOREIGN KEY ("member_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "member_configurations" ADD CONSTRAINT "member_configurations_member_id_fkey" FOREIGN KEY ("member_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "handshakes" ADD CONSTRAINT "handshakes_member_id_fkey" FOREIGN KEY ("member_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "handshakes" ADD CONSTRAINT "handshakes_key_id_fkey" FOREIGN KEY ("key_id") REFERENCES "licence_keys"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "software" ADD CONSTRAINT "software_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "script_categories" ADD CONSTRAINT "script_categories_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "scripts" ADD CONSTRAINT "scripts_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "scripts" ADD CONSTRAINT "scripts_author_id_fkey" FOREIGN KEY ("author_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "scripts" ADD CONSTRAINT "scripts_software_id_fkey" FOREIGN KEY ("software_id") REFERENCES "software"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "script_team" ADD CONSTRAINT "script_team_script_id_fkey" FOREIGN KEY ("script_id") REFERENCES "scripts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "script_team" ADD CONSTRAINT "script_team_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "member_scripts" ADD CONSTRAINT "member_scripts_member_id_fkey" FOREIGN KEY ("member_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "member_scripts" ADD CONSTRAINT "member_scripts_script_id_fkey" FOREIGN KEY ("script_id") REFERENCES "scripts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "seller_bans" ADD CONSTRAINT "seller_bans_seller_id_fkey" FOREIGN KEY ("seller_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "seller_bans" ADD CONSTRAINT "seller_bans_member_id_fkey" FOREIGN KEY ("member_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "seller_revocations" ADD CONSTRAINT "seller_revocations_seller_id_fkey" FOREIGN KEY ("seller_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "seller_revocations" ADD CONSTRAINT "seller_revocations_member_id_fkey" FOREIGN KEY ("member_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;


-- What follows is not said by the schema files: Prisma's language has no words for it.

-- Unique whatever the case.
CREATE UNIQUE INDEX "users_email_key" ON "users" (lower("email"));
CREATE UNIQUE INDEX "users_login_key" ON "users" (lower("login"));

-- One live token of these kinds a user: two rotations at the same instant leave one.
CREATE UNIQUE INDEX "credentials_live_key" ON "credentials" ("user_id", "kind") WHERE "revoked_at" IS NULL AND "kind" IN ('phpstrap', 'altercpa');

-- One open handshake a key, one ban an address.
CREATE UNIQUE INDEX "handshakes_open_key" ON "handshakes" ("key_id") WHERE "used_at" IS NULL AND "terminated_at" IS NULL;
CREATE UNIQUE INDEX "address_bans_live_key" ON "address_bans" ("address") WHERE "lifted_at" IS NULL;

-- The parts of a table that are asked for by themselves.
CREATE INDEX "licence_keys_invalidated_idx" ON "licence_keys" ("user_id", "id") WHERE "is_invalidated";
CREATE INDEX "licence_keys_used_idx" ON "licence_keys" ("user_id", "id") WHERE "used_at" IS NOT NULL;
CREATE INDEX "licence_keys_unused_idx" ON "licence_keys" ("user_id", "id") WHERE "used_at" IS NULL;
CREATE INDEX "key_sessions_live_idx" ON "key_sessions" ("key_id", "expires_at") WHERE "ended_at" IS NULL;
CREATE INDEX "key_sessions_running_idx" ON "key_sessions" ("expires_at") WHERE "ended_at" IS NULL;
CREATE INDEX "guest_sessions_live_idx" ON "guest_sessions" ("site_id", "id") WHERE "ended_at" IS NULL;
CREATE INDEX "guest_sessions_silent_idx" ON "guest_sessions" ("last_update_at") WHERE "ended_at" IS NULL;

-- Which NAS an address belongs to, networks included.
CREATE INDEX "nas_address_idx" ON "nas" USING gist ("address" inet_ops);

-- Parts of a text, 3 characters or more (shorter ones: likePattern() of packages/db). The pending list is off or small,
-- since emptying a full one holds up whoever happens to write (see docs/performance.md).
CREATE INDEX "licence_keys_key_value_trgm" ON "licence_keys" USING gin ("key_value" gin_trgm_ops) WITH (fastupdate = off);
CREATE INDEX "key_hwids_hwid_trgm" ON "key_hwids" USING gin ("hwid" gin_trgm_ops) WITH (fastupdate = off);
CREATE INDEX "users_email_trgm" ON "users" USING gin (lower("email") gin_trgm_ops) WITH (fastupdate = off);
CREATE INDEX "users_name_trgm" ON "users" USING gin (lower("name" || ' ' || coalesce("login", '')) gin_trgm_ops) WITH (fastupdate = off);

-- Rules that hold whoever writes.
ALTER TABLE "users"
  ADD CONSTRAINT "users_rate_limit_check" CHECK ("rate_limit" > 0),
  ADD CONSTRAINT "users_rate_limit_window_check" CHECK ("rate_limit_window" > 0);
ALTER TABLE "plans"
  ADD CONSTRAINT "plans_limit_check" CHECK ("limit" > 0),
  ADD CONSTRAINT "plans_window_seconds_check" CHECK ("window_seconds" > 0);
ALTER TABLE "licence_keys"
  ADD CONSTRAINT "licence_keys_key_value_check" CHECK ("key_value" ~ '^[A-Z0-9]{4}(-[A-Z0-9]{4}){3}$'),
  ADD CONSTRAINT "licence_keys_hwid_count_check" CHECK ("hwid_count" >= 0),
  ADD CONSTRAINT "licence_keys_hwid_limit_check" CHECK ("hwid_limit" >= 0),
  ADD CONSTRAINT "licence_keys_validity_minutes_check" CHECK ("validity_minutes" >= 0);
ALTER TABLE "member_states" ADD CONSTRAINT "member_states_protection_check" CHECK ("protection" BETWEEN 0 AND 4);
ALTER TABLE "member_configurations" ADD CONSTRAINT "member_configurations_content_check" CHECK (octet_length("content") <= 1048576);
ALTER TABLE "sites"
  ADD CONSTRAINT "sites_slug_check" CHECK ("slug" ~ '^[0-9a-f]{10}$'),
  ADD CONSTRAINT "sites_devices_per_voucher_check" CHECK ("devices_per_voucher" > 0),
  ADD CONSTRAINT "sites_retention_days_check" CHECK ("retention_days" > 0);
ALTER TABLE "vouchers"
  ADD CONSTRAINT "vouchers_download_limit_mb_check" CHECK ("download_limit_mb" BETWEEN 1 AND 9437184),
  ADD CONSTRAINT "vouchers_upload_limit_mb_check" CHECK ("upload_limit_mb" BETWEEN 1 AND 9437184);

-- What must be there before the first user.
INSERT INTO "plans" ("name", "limit", "window_seconds", "can_list_users") VALUES
  ('standard', 1000, 3600, false),
  ('reseller', 10000, 3600, true);
INSERT INTO "tariffs" ("name", "title", "price", "campaigns") VALUES ('free', 'Free', 0, 0);
