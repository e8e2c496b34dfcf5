-- AlterTable
ALTER TABLE "invitation" DROP CONSTRAINT "invitation_pkey",
ADD COLUMN     "id" UUID NOT NULL DEFAULT gen_random_uuid(),
ADD CONSTRAINT "invitation_pkey" PRIMARY KEY ("id");

-- CreateTable
CREATE TABLE "message_tally" (
    "room_id" UUID NOT NULL,
    "author_id" UUID NOT NULL,
    "message_count" INTEGER NOT NULL,

    CONSTRAINT "message_tally_pkey" PRIMARY KEY ("room_id","author_id")
);

-- CreateTable
CREATE TABLE "tally_position" (
    "room_id" UUID NOT NULL,
    "seq" INTEGER NOT NULL,

    CONSTRAINT "tally_position_pkey" PRIMARY KEY ("room_id")
);

-- CreateIndex
CREATE INDEX "message_tally_author_id_idx" ON "message_tally"("author_id");

-- CreateIndex
CREATE INDEX "file_created_at_id_idx" ON "file"("created_at", "id");

-- CreateIndex
CREATE INDEX "file_size_id_idx" ON "file"("size", "id");

-- CreateIndex
CREATE INDEX "file_name_id_idx" ON "file"("name", "id");

-- CreateIndex
CREATE UNIQUE INDEX "invitation_code_hash_key" ON "invitation"("code_hash");

-- CreateIndex
CREATE INDEX "membership_joined_at_room_id_user_id_idx" ON "membership"("joined_at", "room_id", "user_id");

-- CreateIndex
CREATE INDEX "membership_owner_idx" ON "membership"("room_id", "user_id") WHERE (role = 'OWNER'::"RoomRole");

-- CreateIndex
CREATE INDEX "message_deleted_idx" ON "message"("created_at", "room_id", "seq") WHERE (deleted_at IS NOT NULL);

-- CreateIndex
CREATE INDEX "session_created_at_id_idx" ON "session"("created_at", "id");

-- CreateIndex
CREATE INDEX "session_last_used_at_id_idx" ON "session"("last_used_at", "id");

-- CreateIndex
CREATE INDEX "user_created_at_id_idx" ON "user"("created_at", "id");

-- CreateIndex
CREATE INDEX "user_display_name_id_idx" ON "user"("display_name", "id");

-- AddForeignKey
ALTER TABLE "message_tally" ADD CONSTRAINT "message_tally_room_id_fkey" FOREIGN KEY ("room_id") REFERENCES "room"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "message_tally" ADD CONSTRAINT "message_tally_author_id_fkey" FOREIGN KEY ("author_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tally_position" ADD CONSTRAINT "tally_position_room_id_fkey" FOREIGN KEY ("room_id") REFERENCES "room"("id") ON DELETE CASCADE ON UPDATE CASCADE;
