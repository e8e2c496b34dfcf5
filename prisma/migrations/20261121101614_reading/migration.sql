-- CreateEnum
CREATE TYPE "MentionScope" AS ENUM ('HERE', 'ALL');

-- AlterTable
ALTER TABLE "membership" ADD COLUMN     "read_seq" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "message" ADD COLUMN     "mention_scope" "MentionScope",
ADD COLUMN     "mentioned_ids" UUID[] DEFAULT ARRAY[]::UUID[];

-- CreateTable
CREATE TABLE "draft" (
    "user_id" UUID NOT NULL,
    "room_id" UUID NOT NULL,
    "thread_seq" INTEGER NOT NULL DEFAULT 0,
    "body" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "draft_pkey" PRIMARY KEY ("user_id","room_id","thread_seq")
);

-- CreateIndex
CREATE INDEX "draft_room_id_idx" ON "draft"("room_id");

-- CreateIndex
CREATE INDEX "message_unread_idx" ON "message"("room_id", "seq", "author_id") WHERE (in_room AND deleted_at IS NULL);

-- CreateIndex
CREATE INDEX "message_mention_idx" ON "message"("room_id", "seq") WHERE (deleted_at IS NULL AND (mention_scope IS NOT NULL OR mentioned_ids <> '{}'));

-- AddForeignKey
ALTER TABLE "draft" ADD CONSTRAINT "draft_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "draft" ADD CONSTRAINT "draft_room_id_fkey" FOREIGN KEY ("room_id") REFERENCES "room"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Nobody finds all that was said so far unread.
UPDATE "membership" SET "read_seq" = "room"."last_seq" FROM "room" WHERE "room"."id" = "membership"."room_id";
