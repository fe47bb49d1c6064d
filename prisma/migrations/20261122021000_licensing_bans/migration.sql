-- A lifted ban stays, so that a member can be told of it.
ALTER TABLE "seller_bans" ADD COLUMN "lifted_at" TIMESTAMPTZ(3);

-- What an operator's lists page through.
CREATE INDEX "address_bans_live_idx" ON "address_bans" ("id") WHERE "lifted_at" IS NULL;

-- A ban ends live Sessions, whoever writes it: the platform's ban is set by the accounts service, which knows no Sessions.
CREATE FUNCTION "end_sessions_of_banned_user"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "key_sessions" SET "ended_at" = NEW."updated_at"
  WHERE "ended_at" IS NULL AND "key_id" IN (SELECT "id" FROM "licence_keys" WHERE "member_id" = NEW."id");
  RETURN NULL;
END $$;
CREATE TRIGGER "users_ban_ends_sessions" AFTER UPDATE OF "banned" ON "users"
  FOR EACH ROW WHEN (NEW."banned" AND NOT OLD."banned") EXECUTE FUNCTION "end_sessions_of_banned_user"();

CREATE FUNCTION "end_sessions_of_banned_member"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "key_sessions" SET "ended_at" = NEW."created_at"
  WHERE "ended_at" IS NULL
    AND "key_id" IN (SELECT "id" FROM "licence_keys" WHERE "member_id" = NEW."member_id" AND "user_id" = NEW."seller_id");
  RETURN NULL;
END $$;
CREATE TRIGGER "seller_bans_end_sessions" AFTER INSERT OR UPDATE ON "seller_bans"
  FOR EACH ROW WHEN (NEW."lifted_at" IS NULL) EXECUTE FUNCTION "end_sessions_of_banned_member"();
