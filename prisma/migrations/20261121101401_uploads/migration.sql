-- AlterTable
ALTER TABLE "message" ADD COLUMN     "file_count" SMALLINT NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "file" (
    "id" UUID NOT NULL,
    "uploader_id" UUID NOT NULL,
    "room_id" UUID NOT NULL,
    "idempotency_key" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "media_type" TEXT NOT NULL,
    "size" INTEGER NOT NULL,
    "hash" BYTEA NOT NULL,
    "width" INTEGER,
    "height" INTEGER,
    "alt" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "message_seq" INTEGER,
    "position" SMALLINT NOT NULL DEFAULT 0,

    CONSTRAINT "file_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "file_room_id_message_seq_idx" ON "file"("room_id", "message_seq");

-- CreateIndex
CREATE INDEX "file_created_at_idx" ON "file"("created_at") WHERE (message_seq IS NULL);

-- CreateIndex
CREATE UNIQUE INDEX "file_uploader_id_idempotency_key_key" ON "file"("uploader_id", "idempotency_key");

-- AddForeignKey
ALTER TABLE "file" ADD CONSTRAINT "file_uploader_id_fkey" FOREIGN KEY ("uploader_id") REFERENCES "user"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "file" ADD CONSTRAINT "file_room_id_fkey" FOREIGN KEY ("room_id") REFERENCES "room"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "file" ADD CONSTRAINT "file_room_id_message_seq_fkey" FOREIGN KEY ("room_id", "message_seq") REFERENCES "message"("room_id", "seq") ON DELETE CASCADE ON UPDATE CASCADE;
