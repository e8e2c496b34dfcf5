-- CreateEnum
CREATE TYPE "RoomKind" AS ENUM ('ROOM', 'DIRECT');

-- AlterTable
ALTER TABLE "membership" ADD COLUMN     "hidden_seq" INTEGER;

-- AlterTable
ALTER TABLE "room" ADD COLUMN     "direct_key" TEXT,
ADD COLUMN     "is_severed" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "kind" "RoomKind" NOT NULL DEFAULT 'ROOM';

-- CreateTable
CREATE TABLE "user_block" (
    "blocker_id" UUID NOT NULL,
    "blocked_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "user_block_pkey" PRIMARY KEY ("blocker_id","blocked_id")
);

-- CreateIndex
CREATE INDEX "user_block_blocked_id_idx" ON "user_block"("blocked_id");

-- CreateIndex
CREATE UNIQUE INDEX "room_direct_key_key" ON "room"("direct_key");

-- AddForeignKey
ALTER TABLE "user_block" ADD CONSTRAINT "user_block_blocker_id_fkey" FOREIGN KEY ("blocker_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "user_block" ADD CONSTRAINT "user_block_blocked_id_fkey" FOREIGN KEY ("blocked_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;
