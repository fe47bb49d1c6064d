-- Searches by a part of an HWID do not look at case, and folding it row by row is what takes the time.
ALTER TABLE "key_hwids" ADD COLUMN "folded" TEXT NOT NULL GENERATED ALWAYS AS (lower("hwid")) STORED;
DROP INDEX "key_hwids_hwid_trgm";
CREATE INDEX "key_hwids_folded_trgm" ON "key_hwids" USING gin ("folded" gin_trgm_ops) WITH (fastupdate = off);
-- Newest keys first, for parts that most keys have.
CREATE INDEX "key_hwids_user_id_key_id_idx" ON "key_hwids"("user_id", "key_id");
