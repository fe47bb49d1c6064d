-- Nobody writes keys or bindings while they are counted anew.
LOCK TABLE "licence_keys", "key_hwids" IN SHARE MODE;

-- Keys of one provider for one service are counted too: scope 3, whose second id is the service.
ALTER TABLE "key_counts" ADD COLUMN "second_id" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "key_counts" DROP CONSTRAINT "key_counts_pkey",
  ADD CONSTRAINT "key_counts_pkey" PRIMARY KEY ("user_id","scope","scope_id","second_id","unit","state","bucket");
TRUNCATE "key_counts", "key_count_changes";
INSERT INTO "key_count_changes" (user_id, provider_id, service_id, state, expiry_hour, n)
SELECT user_id, provider_id, service_id, state, key_expiry_hour(expires_at), count(*)
FROM licence_keys GROUP BY 1, 2, 3, 4, 5;
CREATE INDEX "licence_keys_provider_id_service_id_id_idx" ON "licence_keys"("provider_id", "service_id", "id");

-- How many keys have a part of one or two characters, in the key itself (kind 0) or in one of its HWIDs (kind 1).
CREATE TABLE "key_part_counts" (
    "user_id" INTEGER NOT NULL,
    "kind" SMALLINT NOT NULL,
    "part" TEXT NOT NULL,
    "n" INTEGER NOT NULL,

    CONSTRAINT "key_part_counts_pkey" PRIMARY KEY ("user_id","kind","part")
);

CREATE TABLE "key_part_changes" (
    "id" BIGSERIAL NOT NULL,
    "user_id" INTEGER NOT NULL,
    "kind" SMALLINT NOT NULL,
    "texts" TEXT[],
    "is_cut" BOOLEAN NOT NULL DEFAULT false,
    "n" SMALLINT NOT NULL,

    CONSTRAINT "key_part_changes_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "key_part_changes_user_id_kind_idx" ON "key_part_changes"("user_id", "kind");

-- The parts that are counted, each once: one or two characters, and three around a dash, where trigrams are of no use.
-- No part goes over the end of a line.
CREATE FUNCTION counted_parts(lines text) RETURNS SETOF text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT DISTINCT part FROM unnest(string_to_array(lines, E'\n')) AS line CROSS JOIN generate_series(1, length(line)) AS start
  CROSS JOIN LATERAL (VALUES
    (substr(line, start, 1)),
    (substr(line, start, 2)),
    (CASE WHEN substr(line, start + 1, 1) = '-' AND length(line) >= start + 2 THEN substr(line, start, 3) END)
  ) AS piece(part)
  WHERE part IS NOT NULL
$$;

-- Writers only note the texts that have come (n = 1) or gone (n = -1), 200 a row at most; cutting them up is left to who folds.
CREATE OR REPLACE FUNCTION note_keys_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO key_count_changes (user_id, provider_id, service_id, state, expiry_hour, n)
  SELECT user_id, provider_id, service_id, state, key_expiry_hour(expires_at), count(*)
  FROM new_keys GROUP BY 1, 2, 3, 4, 5;
  INSERT INTO key_part_changes (user_id, kind, texts, n)
  SELECT user_id, 0, array_agg(key_value), 1
  FROM (SELECT user_id, key_value, row_number() OVER () / 200 AS piece FROM new_keys) AS new_key GROUP BY user_id, piece;
  RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION note_keys_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO key_count_changes (user_id, provider_id, service_id, state, expiry_hour, n)
  SELECT user_id, provider_id, service_id, state, key_expiry_hour(expires_at), -count(*)
  FROM old_keys GROUP BY 1, 2, 3, 4, 5;
  INSERT INTO key_part_changes (user_id, kind, texts, n)
  SELECT user_id, 0, array_agg(key_value), -1
  FROM (SELECT user_id, key_value, row_number() OVER () / 200 AS piece FROM old_keys) AS old_key GROUP BY user_id, piece;
  RETURN NULL;
END $$;
CREATE FUNCTION note_key_renamed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO key_part_changes (user_id, kind, texts, n)
  VALUES (OLD.user_id, 0, ARRAY[OLD.key_value], -1), (NEW.user_id, 0, ARRAY[NEW.key_value], 1);
  RETURN NULL;
END $$;
CREATE TRIGGER key_parts_update AFTER UPDATE OF "key_value", "user_id" ON "licence_keys" FOR EACH ROW
  WHEN (OLD."key_value" <> NEW."key_value" OR OLD."user_id" <> NEW."user_id") EXECUTE FUNCTION note_key_renamed();
CREATE OR REPLACE FUNCTION forget_key_counts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  TRUNCATE key_counts, key_count_changes, key_part_counts, key_part_changes;
  RETURN NULL;
END $$;

-- A key counts once however many of its HWIDs have a part. A key's first HWIDs, and its last, are noted as a text of a line each; while
-- it has others, the parts are noted that none of the others has (is_cut). The key's row is locked first: of two that bind the same key
-- the second sees what the first has bound. Each key is looked up in a subquery of its own, so that no plan that is kept for
-- later reads the whole table.
CREATE FUNCTION note_hwids_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM licence_keys WHERE id = ANY (ARRAY(SELECT DISTINCT key_id FROM new_hwids)) ORDER BY id FOR NO KEY UPDATE;
  WITH changed AS MATERIALIZED (
    SELECT user_id, key_id, string_agg(folded, E'\n') AS lines, array_agg(id) AS ids, row_number() OVER () / 200 AS piece
    FROM new_hwids GROUP BY 1, 2
  ), noted AS (
    SELECT *, EXISTS (SELECT FROM key_hwids h WHERE h.key_id = changed.key_id AND h.id <> ALL (ids)) AS is_cut FROM changed
  )
  INSERT INTO key_part_changes (user_id, kind, texts, is_cut, n)
  SELECT user_id, 1, array_agg(lines), false, 1 FROM noted WHERE NOT is_cut GROUP BY user_id, piece
  UNION ALL
  SELECT user_id, 1, array_agg(part), true, 1 FROM noted CROSS JOIN LATERAL counted_parts(lines) AS part
  WHERE is_cut AND NOT EXISTS (SELECT FROM key_hwids h WHERE h.key_id = noted.key_id AND h.id <> ALL (ids) AND strpos(h.folded, part) > 0)
  GROUP BY user_id, key_id;
  RETURN NULL;
END $$;
CREATE FUNCTION note_hwids_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM licence_keys WHERE id = ANY (ARRAY(SELECT DISTINCT key_id FROM old_hwids)) ORDER BY id FOR NO KEY UPDATE;
  WITH changed AS MATERIALIZED (
    SELECT user_id, key_id, string_agg(folded, E'\n') AS lines, row_number() OVER () / 200 AS piece FROM old_hwids GROUP BY 1, 2
  ), noted AS (
    SELECT *, EXISTS (SELECT FROM key_hwids h WHERE h.key_id = changed.key_id) AS is_cut FROM changed
  )
  INSERT INTO key_part_changes (user_id, kind, texts, is_cut, n)
  SELECT user_id, 1, array_agg(lines), false, -1 FROM noted WHERE NOT is_cut GROUP BY user_id, piece
  UNION ALL
  SELECT user_id, 1, array_agg(part), true, -1 FROM noted CROSS JOIN LATERAL counted_parts(lines) AS part
  WHERE is_cut AND NOT EXISTS (SELECT FROM key_hwids h WHERE h.key_id = noted.key_id AND strpos(h.folded, part) > 0)
  GROUP BY user_id, key_id;
  RETURN NULL;
END $$;
-- Bindings are made and ended, never changed.
CREATE FUNCTION refuse_hwid_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a binding of an HWID cannot be changed: delete it and make another';
END $$;
CREATE FUNCTION forget_hwid_counts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM key_part_counts WHERE kind = 1;
  DELETE FROM key_part_changes WHERE kind = 1;
  RETURN NULL;
END $$;
CREATE TRIGGER hwid_counts_insert AFTER INSERT ON "key_hwids"
  REFERENCING NEW TABLE AS new_hwids FOR EACH STATEMENT EXECUTE FUNCTION note_hwids_inserted();
CREATE TRIGGER hwid_counts_delete AFTER DELETE ON "key_hwids"
  REFERENCING OLD TABLE AS old_hwids FOR EACH STATEMENT EXECUTE FUNCTION note_hwids_deleted();
CREATE TRIGGER hwid_counts_update BEFORE UPDATE OF "key_id", "user_id", "hwid" ON "key_hwids"
  FOR EACH ROW EXECUTE FUNCTION refuse_hwid_change();
CREATE TRIGGER hwid_counts_truncate AFTER TRUNCATE ON "key_hwids"
  FOR EACH STATEMENT EXECUTE FUNCTION forget_hwid_counts();

INSERT INTO "key_part_changes" (user_id, kind, texts, n)
SELECT user_id, 0, array_agg(key_value), 1 FROM licence_keys GROUP BY user_id, id / 200;
INSERT INTO "key_part_changes" (user_id, kind, texts, n)
SELECT user_id, 1, array_agg(lines), 1
FROM (SELECT user_id, key_id, string_agg(folded, E'\n') AS lines FROM key_hwids GROUP BY 1, 2) AS of_key GROUP BY user_id, key_id / 200;
