-- AlterEnum
-- This migration adds more than one value to an enum.
-- With PostgreSQL versions 11 and earlier, this is not possible
-- in a single migration. This can be worked around by creating
-- multiple migrations, each migration adding only one value to
-- the enum.


ALTER TYPE "RoomEventKind" ADD VALUE 'MESSAGE_EDITED';
ALTER TYPE "RoomEventKind" ADD VALUE 'MESSAGE_DELETED';
ALTER TYPE "RoomEventKind" ADD VALUE 'REACTION_ADDED';
ALTER TYPE "RoomEventKind" ADD VALUE 'REACTION_REMOVED';
ALTER TYPE "RoomEventKind" ADD VALUE 'MESSAGE_PINNED';
ALTER TYPE "RoomEventKind" ADD VALUE 'MESSAGE_UNPINNED';

-- AlterTable
ALTER TABLE "message" ADD COLUMN     "in_room" BOOLEAN NOT NULL DEFAULT true,
ADD COLUMN     "last_replier_ids" UUID[] DEFAULT ARRAY[]::UUID[],
ADD COLUMN     "last_reply_at" TIMESTAMPTZ(3),
ADD COLUMN     "pinned_at" TIMESTAMPTZ(3),
ADD COLUMN     "pinned_by_id" UUID,
ADD COLUMN     "reply_count" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "reply_to_seq" INTEGER,
ADD COLUMN     "thread_seq" INTEGER;

-- CreateTable
CREATE TABLE "message_revision" (
    "room_id" UUID NOT NULL,
    "seq" INTEGER NOT NULL,
    "edit_seq" INTEGER NOT NULL,
    "body" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "message_revision_pkey" PRIMARY KEY ("room_id","seq","edit_seq")
);

-- CreateTable
CREATE TABLE "reaction" (
    "room_id" UUID NOT NULL,
    "seq" INTEGER NOT NULL,
    "emoji" TEXT NOT NULL,
    "user_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "reaction_pkey" PRIMARY KEY ("room_id","seq","emoji","user_id")
);

-- CreateIndex
CREATE INDEX "reaction_user_id_idx" ON "reaction"("user_id");

-- CreateIndex
CREATE INDEX "message_room_id_thread_seq_seq_idx" ON "message"("room_id", "thread_seq", "seq") WHERE (thread_seq IS NOT NULL);

-- CreateIndex
CREATE INDEX "message_room_id_pinned_at_idx" ON "message"("room_id", "pinned_at") WHERE (pinned_at IS NOT NULL);

-- AddForeignKey
ALTER TABLE "message" ADD CONSTRAINT "message_pinned_by_id_fkey" FOREIGN KEY ("pinned_by_id") REFERENCES "user"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "message_revision" ADD CONSTRAINT "message_revision_room_id_seq_fkey" FOREIGN KEY ("room_id", "seq") REFERENCES "message"("room_id", "seq") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "reaction" ADD CONSTRAINT "reaction_room_id_seq_fkey" FOREIGN KEY ("room_id", "seq") REFERENCES "message"("room_id", "seq") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "reaction" ADD CONSTRAINT "reaction_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;
