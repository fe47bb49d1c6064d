-- Nothing wrote it, and the chain does not vouch for it.
ALTER TABLE "audit_log" DROP COLUMN "details";

-- A checkpoint without a signature vouches for nothing.
DELETE FROM "audit_checkpoints";
ALTER TABLE "audit_checkpoints" ADD COLUMN "signature" BYTEA NOT NULL;
