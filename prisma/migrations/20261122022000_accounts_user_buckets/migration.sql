-- How many users there are, and whether anything has changed that a search goes by, kept in buckets of 4096 ids: counting a
-- million rows for every page is too slow, and one row for all would let only one transaction at a time make a user.

-- CreateTable
CREATE TABLE "user_buckets" (
    "bucket" INTEGER NOT NULL,
    "users" INTEGER NOT NULL DEFAULT 0,
    "changes" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "user_buckets_pkey" PRIMARY KEY ("bucket")
);

-- What follows is not said by the schema files.

-- The row of the newest users is rewritten for each of them: leave it room on its page.
ALTER TABLE "user_buckets" SET (fillfactor = 50);
ALTER TABLE "user_buckets" ADD CONSTRAINT "user_buckets_users_check" CHECK ("users" >= 0);

INSERT INTO "user_buckets" ("bucket", "users", "changes") SELECT "id" >> 12, count(*), 1 FROM "users" GROUP BY 1;

CREATE FUNCTION "count_new_users"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "user_buckets" AS b ("bucket", "users", "changes")
    SELECT "id" >> 12, count(*), 1 FROM changed GROUP BY 1 ORDER BY 1
    ON CONFLICT ("bucket") DO UPDATE SET "users" = b."users" + excluded."users", "changes" = b."changes" + 1;
  RETURN NULL;
END $$;

CREATE FUNCTION "count_gone_users"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "user_buckets" b SET "users" = b."users" - gone."users", "changes" = b."changes" + 1
    FROM (SELECT "id" >> 12 AS "bucket", count(*) AS "users" FROM changed GROUP BY 1 ORDER BY 1) gone
    WHERE b."bucket" = gone."bucket";
  RETURN NULL;
END $$;

CREATE FUNCTION "count_changed_user"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "user_buckets" SET "changes" = "changes" + 1 WHERE "bucket" = NEW."id" >> 12;
  RETURN NULL;
END $$;

CREATE FUNCTION "count_no_users"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "user_buckets" SET "users" = 0, "changes" = "changes" + 1;
  RETURN NULL;
END $$;

CREATE TRIGGER "users_count_new" AFTER INSERT ON "users"
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "count_new_users"();
CREATE TRIGGER "users_count_gone" AFTER DELETE ON "users"
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "count_gone_users"();
-- Only what users.php searches by: the frequent updates (last sign-in, last use) must not wait for a bucket.
CREATE TRIGGER "users_count_changed" AFTER UPDATE OF "email", "membership", "membership_expires_at" ON "users"
  FOR EACH ROW
  WHEN (OLD."email" IS DISTINCT FROM NEW."email" OR OLD."membership" IS DISTINCT FROM NEW."membership"
    OR OLD."membership_expires_at" IS DISTINCT FROM NEW."membership_expires_at")
  EXECUTE FUNCTION "count_changed_user"();
CREATE TRIGGER "users_count_none" AFTER TRUNCATE ON "users" FOR EACH STATEMENT EXECUTE FUNCTION "count_no_users"();

-- The next premium membership to end.
CREATE INDEX "users_premium_ends_idx" ON "users" ("membership_expires_at") WHERE "membership" = 'premium';
