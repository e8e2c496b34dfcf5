-- AlterEnum
ALTER TYPE "RoomEventKind" ADD VALUE 'ROOM_CHANGED';

-- AlterEnum
ALTER TYPE "RoomVisibility" ADD VALUE 'RESTRICTED';

-- AlterTable
ALTER TABLE "membership" ADD COLUMN     "is_favourite" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "position" INTEGER;

-- AlterTable
ALTER TABLE "room" ADD COLUMN     "description" TEXT,
ADD COLUMN     "icon" TEXT;

-- CreateTable
CREATE TABLE "room_invitation" (
    "room_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "invited_by_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "room_invitation_pkey" PRIMARY KEY ("room_id","user_id")
);

-- CreateTable
CREATE TABLE "join_request" (
    "room_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "text" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "join_request_pkey" PRIMARY KEY ("room_id","user_id")
);

-- CreateTable
CREATE TABLE "room_link" (
    "id" UUID NOT NULL,
    "room_id" UUID NOT NULL,
    "code_hash" BYTEA NOT NULL,
    "created_by_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "max_uses" INTEGER NOT NULL,
    "uses" INTEGER NOT NULL DEFAULT 0,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "room_link_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "room_invitation_user_id_idx" ON "room_invitation"("user_id");

-- CreateIndex
CREATE INDEX "join_request_user_id_idx" ON "join_request"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "room_link_code_hash_key" ON "room_link"("code_hash");

-- CreateIndex
CREATE INDEX "room_link_room_id_idx" ON "room_link"("room_id");

-- AddForeignKey
ALTER TABLE "room_invitation" ADD CONSTRAINT "room_invitation_room_id_fkey" FOREIGN KEY ("room_id") REFERENCES "room"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "room_invitation" ADD CONSTRAINT "room_invitation_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "room_invitation" ADD CONSTRAINT "room_invitation_invited_by_id_fkey" FOREIGN KEY ("invited_by_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "join_request" ADD CONSTRAINT "join_request_room_id_fkey" FOREIGN KEY ("room_id") REFERENCES "room"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "join_request" ADD CONSTRAINT "join_request_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "room_link" ADD CONSTRAINT "room_link_room_id_fkey" FOREIGN KEY ("room_id") REFERENCES "room"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "room_link" ADD CONSTRAINT "room_link_created_by_id_fkey" FOREIGN KEY ("created_by_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;
