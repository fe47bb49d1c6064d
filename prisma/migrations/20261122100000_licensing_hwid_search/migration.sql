-- Searches by a part of an HWID do not look at case, and folding it row by row is what takes the time.
ALTER TABLE "key_hwids" ADD COLUMN "folded" TEXT NOT NULL GENERATED ALWAYS AS (lower("hwid")) STORED;
DROP INDEX "key_hwids_hwid_trgm";
CREATE INDEX "key_hwids_folded_trgm" ON "key_hwids" USING gin ("folded" gin_trgm_ops) WITH (fastupdate = off);
-- Newest keys first, for parts that most keys have.
CREATE INDEX "key_hwids_user_id_key_id_idx" ON "key_hwids"("user_id", "key_id");

-- A list by status or expiry looks into every bucket once: weeks are few enough, and small enough to be read through at the limits.
ALTER TABLE "licence_keys" DROP COLUMN "expiry_day";
ALTER TABLE "licence_keys" ADD COLUMN "expiry_week" INTEGER NOT NULL GENERATED ALWAYS AS (
  coalesce(floor((("expires_at" AT TIME ZONE 'UTC')::date - DATE '1970-01-01') / 7.0)::integer, 2147483647)) STORED;
CREATE INDEX "licence_keys_bucket_idx" ON "licence_keys" ("user_id", "state", "expiry_week", "id") INCLUDE ("expires_at");
