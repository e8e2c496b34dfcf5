-- Who sends does not wait for the index any more: api/search/collector.ts collects it from the logs.
-- DropIndex
DROP INDEX "message_created_at_idx";

-- DropIndex
DROP INDEX "message_search_idx";

-- AlterTable
ALTER TABLE "message" DROP COLUMN "search";

-- What a message is searched by: its words, and marks by which operators find it. The colon of a mark is in no word.
CREATE FUNCTION search_document(written "message") RETURNS TSVECTOR STABLE PARALLEL SAFE
RETURN search_vector(written.body) || array_to_tsvector(
  array_remove(
    ARRAY[
      'in:' || written.room_id,
      'from:' || written.author_id,
      CASE WHEN written.body ~* '\mhttps?://\S' THEN 'has:link' END,
      CASE WHEN written.file_count > 0 THEN 'has:file' END,
      CASE WHEN written.file_count > 0 AND EXISTS (
        SELECT FROM "file"
        WHERE "file".room_id = written.room_id AND message_seq = written.seq AND width IS NOT NULL
      ) THEN 'has:image' END,
      CASE WHEN written.pinned_at IS NOT NULL THEN 'is:pinned' END,
      CASE WHEN written.mention_scope IS NOT NULL THEN 'mentions:all' END
    ],
    NULL
  ) || ARRAY(SELECT 'mentions:' || id FROM unnest(written.mentioned_ids) AS id)
);

-- CreateTable
CREATE TABLE "message_search" (
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "edited_at" TIMESTAMPTZ(3),
    "room_id" UUID NOT NULL,
    "seq" INTEGER NOT NULL,
    "search" tsvector NOT NULL,

    CONSTRAINT "message_search_pkey" PRIMARY KEY ("room_id","seq")
);

-- A room without a position has its log collected from its beginning.
INSERT INTO "search_position" (room_id, seq) SELECT id, 0 FROM "room" ON CONFLICT DO NOTHING;

INSERT INTO "message_search" (created_at, edited_at, room_id, seq, search)
SELECT created_at, edited_at, room_id, seq, search_document("message")
FROM "message" WHERE deleted_at IS NULL ORDER BY created_at, room_id, seq;

-- CreateIndex
CREATE INDEX "message_search_created_at_room_id_seq_idx" ON "message_search"("created_at", "room_id", "seq");

-- What waits to be sorted into the index is looked through by every search: little at a time.
CREATE INDEX "message_search_search_idx" ON "message_search" USING GIN ("search") WITH (gin_pending_list_limit = 512);

-- AddForeignKey
ALTER TABLE "message_search" ADD CONSTRAINT "message_search_room_id_fkey" FOREIGN KEY ("room_id") REFERENCES "search_position"("room_id") ON DELETE CASCADE ON UPDATE CASCADE;
