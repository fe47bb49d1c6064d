-- The seller stands in the binding too: searches by HWID need not look at the keys.
ALTER TABLE "key_hwids" ADD COLUMN "user_id" INTEGER;
UPDATE "key_hwids" h SET "user_id" = k."user_id" FROM "licence_keys" k WHERE k."id" = h."key_id";
ALTER TABLE "key_hwids" ALTER COLUMN "user_id" SET NOT NULL;
CREATE INDEX "key_hwids_user_id_hwid_idx" ON "key_hwids"("user_id", "hwid");

-- What of a key's status does not depend on the clock, and the day from which the rest of it does.
ALTER TABLE "licence_keys"
  ADD COLUMN "state" SMALLINT NOT NULL GENERATED ALWAYS AS (
    CASE WHEN "is_invalidated" THEN 3 WHEN "used_at" IS NULL THEN 0 WHEN "one_time_use" THEN 2 ELSE 1 END) STORED,
  ADD COLUMN "expiry_day" INTEGER NOT NULL GENERATED ALWAYS AS (
    coalesce(("expires_at" AT TIME ZONE 'UTC')::date - DATE '1970-01-01', 2147483647)) STORED;

-- Newest first within a state and a day of expiry; the lists by status and by expiry merge a few of these.
CREATE INDEX "licence_keys_bucket_idx" ON "licence_keys" ("user_id", "state", "expiry_day", "id") INCLUDE ("expires_at");
DROP INDEX "licence_keys_invalidated_idx";
DROP INDEX "licence_keys_used_idx";
DROP INDEX "licence_keys_unused_idx";

CREATE TABLE "key_counts" (
    "user_id" INTEGER NOT NULL,
    "scope" SMALLINT NOT NULL,
    "scope_id" INTEGER NOT NULL,
    "unit" SMALLINT NOT NULL,
    "state" SMALLINT NOT NULL,
    "bucket" INTEGER NOT NULL,
    "n" INTEGER NOT NULL,

    CONSTRAINT "key_counts_pkey" PRIMARY KEY ("user_id","scope","scope_id","unit","state","bucket")
);

CREATE TABLE "key_count_changes" (
    "id" BIGSERIAL NOT NULL,
    "user_id" INTEGER NOT NULL,
    "provider_id" INTEGER,
    "service_id" INTEGER,
    "state" SMALLINT NOT NULL,
    "expiry_hour" INTEGER NOT NULL,
    "n" INTEGER NOT NULL,

    CONSTRAINT "key_count_changes_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "key_count_changes_user_id_idx" ON "key_count_changes"("user_id");

-- Hours from 1970, rounded down.
CREATE FUNCTION key_expiry_hour(expires_at timestamptz) RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE AS
  $$ SELECT coalesce(floor(extract(epoch FROM expires_at) / 3600)::integer, 2147483647) $$;

-- One trigger a kind of statement, whoever writes: totals are exact by construction.
CREATE FUNCTION note_keys_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO key_count_changes (user_id, provider_id, service_id, state, expiry_hour, n)
  SELECT user_id, provider_id, service_id, state, key_expiry_hour(expires_at), count(*)
  FROM new_keys GROUP BY 1, 2, 3, 4, 5;
  RETURN NULL;
END $$;
CREATE FUNCTION note_keys_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO key_count_changes (user_id, provider_id, service_id, state, expiry_hour, n)
  SELECT user_id, provider_id, service_id, state, key_expiry_hour(expires_at), -count(*)
  FROM old_keys GROUP BY 1, 2, 3, 4, 5;
  RETURN NULL;
END $$;
CREATE FUNCTION note_keys_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO key_count_changes (user_id, provider_id, service_id, state, expiry_hour, n)
  SELECT user_id, provider_id, service_id, state, key_expiry_hour(expires_at), sum(sign)
  FROM (SELECT *, -1 AS sign FROM old_keys UNION ALL SELECT *, 1 AS sign FROM new_keys) AS change
  GROUP BY 1, 2, 3, 4, 5 HAVING sum(sign) <> 0;
  RETURN NULL;
END $$;
CREATE FUNCTION forget_key_counts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  TRUNCATE key_counts, key_count_changes;
  RETURN NULL;
END $$;
CREATE TRIGGER key_counts_insert AFTER INSERT ON "licence_keys"
  REFERENCING NEW TABLE AS new_keys FOR EACH STATEMENT EXECUTE FUNCTION note_keys_inserted();
CREATE TRIGGER key_counts_delete AFTER DELETE ON "licence_keys"
  REFERENCING OLD TABLE AS old_keys FOR EACH STATEMENT EXECUTE FUNCTION note_keys_deleted();
CREATE TRIGGER key_counts_update AFTER UPDATE ON "licence_keys"
  REFERENCING OLD TABLE AS old_keys NEW TABLE AS new_keys FOR EACH STATEMENT EXECUTE FUNCTION note_keys_updated();
CREATE TRIGGER key_counts_truncate AFTER TRUNCATE ON "licence_keys"
  FOR EACH STATEMENT EXECUTE FUNCTION forget_key_counts();

INSERT INTO key_count_changes (user_id, provider_id, service_id, state, expiry_hour, n)
SELECT user_id, provider_id, service_id, state, key_expiry_hour(expires_at), count(*)
FROM licence_keys GROUP BY 1, 2, 3, 4, 5;

-- One key pair signs at a time.
CREATE UNIQUE INDEX "signing_keys_current_key" ON "signing_keys" (("retired_at" IS NULL)) WHERE "retired_at" IS NULL;
