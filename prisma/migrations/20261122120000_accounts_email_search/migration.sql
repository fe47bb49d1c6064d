-- Searches by a part of an e-mail do not look at case, and folding it row by row is what takes the time where most e-mails have the part.
ALTER TABLE "users" ADD COLUMN "email_folded" TEXT GENERATED ALWAYS AS (lower("email")) STORED;
DROP INDEX "users_email_trgm";
CREATE INDEX "users_email_folded_trgm" ON "users" USING gin ("email_folded" gin_trgm_ops) WITH (fastupdate = off);
