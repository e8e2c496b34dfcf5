-- Both are trusted: whoever may create in the database may create them.
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- A text as it is searched: lower case, no accents, words apart. Of languages that put no spaces, and of
-- emoji, each character is a word, so that any part of a sentence is found as a phrase. The bodies are
-- parsed here, once: what they call is fixed whatever the search path, as when a backup is put back.
-- unaccent is declared STABLE since its rules may be edited, after which the column must be written anew.
CREATE FUNCTION search_text(body TEXT) RETURNS TEXT IMMUTABLE PARALLEL SAFE STRICT
RETURN CASE
  WHEN octet_length(body) = char_length(body) THEN
    lower(translate(body, '!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~', repeat(' ', 32)))
  ELSE regexp_replace(
    translate(
      lower(unaccent('unaccent', normalize(body, NFKC))),
      '!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~', repeat(' ', 32)
    ),
    '[\u0E00-\u0EFF\u1000-\u109F\u1780-\u17FF\u2600-\u27BF\u3040-\u312F\u31F0-\u31FF\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFAFF\U0001F000-\U0001FAFF\U00020000-\U0003FFFF]',
    ' \& ', 'g'
  )
END;

CREATE FUNCTION search_vector(body TEXT) RETURNS TSVECTOR IMMUTABLE PARALLEL SAFE STRICT
RETURN to_tsvector('pg_catalog.simple', search_text(body));

-- AlterTable
ALTER TABLE "message" ADD COLUMN     "search" tsvector GENERATED ALWAYS AS (search_vector(body)) STORED;

-- CreateTable
CREATE TABLE "search_word" (
    "id" BIGSERIAL NOT NULL,
    "word" TEXT NOT NULL,

    CONSTRAINT "search_word_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "search_word_word_idx" ON "search_word"("word");

-- CreateIndex
CREATE INDEX "search_word_part_idx" ON "search_word" USING GIN ("word" gin_trgm_ops);

-- CreateIndex
CREATE INDEX "message_created_at_idx" ON "message"("created_at");

-- What waits to be sorted into the index is sorted in by whoever sends when it is full: little at a time.
CREATE INDEX "message_search_idx" ON "message" USING GIN ("search") WITH (gin_pending_list_limit = 512);

-- Words with a part that can be looked for, which has three letters, beside the word itself.
CREATE FUNCTION learn_search_words() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO search_word (word)
  SELECT said.word
  FROM (SELECT DISTINCT lexeme AS word FROM written, unnest(written.search)) AS said
  WHERE char_length(said.word) BETWEEN 4 AND 40
    AND NOT EXISTS (SELECT FROM search_word known WHERE known.word = said.word);
  RETURN NULL;
END $$;

CREATE TRIGGER learn_posted_words AFTER INSERT ON "message" REFERENCING NEW TABLE AS written
FOR EACH STATEMENT EXECUTE FUNCTION learn_search_words();

CREATE TRIGGER learn_edited_words AFTER UPDATE ON "message" REFERENCING NEW TABLE AS written
FOR EACH STATEMENT EXECUTE FUNCTION learn_search_words();

INSERT INTO search_word (word)
SELECT DISTINCT lexeme FROM "message", unnest("message".search)
WHERE char_length(lexeme) BETWEEN 4 AND 40;
