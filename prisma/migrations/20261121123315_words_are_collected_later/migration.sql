-- Who sends does not wait for the vocabulary any more: api/search/vocabulary.ts collects it from the logs.
DROP TRIGGER learn_posted_words ON "message";
DROP TRIGGER learn_edited_words ON "message";
DROP FUNCTION learn_search_words();

-- DropIndex
DROP INDEX "search_word_word_idx";

-- A word that two had said at once is there twice.
DELETE FROM "search_word" one USING "search_word" other WHERE one.word = other.word AND one.id > other.id;

-- AlterTable
ALTER TABLE "search_word" DROP CONSTRAINT "search_word_pkey",
DROP COLUMN "id",
ADD CONSTRAINT "search_word_pkey" PRIMARY KEY ("word");

-- CreateTable
CREATE TABLE "search_position" (
    "room_id" UUID NOT NULL,
    "seq" INTEGER NOT NULL,

    CONSTRAINT "search_position_pkey" PRIMARY KEY ("room_id")
);

-- AddForeignKey
ALTER TABLE "search_position" ADD CONSTRAINT "search_position_room_id_fkey" FOREIGN KEY ("room_id") REFERENCES "room"("id") ON DELETE CASCADE ON UPDATE CASCADE;


-- What has been said so far was collected as it was said.
INSERT INTO "search_position" (room_id, seq) SELECT id, last_seq FROM "room";
