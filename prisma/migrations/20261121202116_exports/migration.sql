-- CreateEnum
CREATE TYPE "ExportKind" AS ENUM ('SERVER', 'ROOM', 'PERSON');

-- CreateEnum
CREATE TYPE "ExportState" AS ENUM ('WAITING', 'RUNNING', 'READY', 'FAILED');

-- CreateTable
CREATE TABLE "export" (
    "id" UUID NOT NULL,
    "kind" "ExportKind" NOT NULL,
    "requester_id" UUID NOT NULL,
    "room_id" UUID,
    "state" "ExportState" NOT NULL DEFAULT 'WAITING',
    "done" BIGINT NOT NULL DEFAULT 0,
    "total" BIGINT NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "export_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "export_requester_id_idx" ON "export"("requester_id");

-- CreateIndex
CREATE INDEX "export_room_id_idx" ON "export"("room_id");

-- AddForeignKey
ALTER TABLE "export" ADD CONSTRAINT "export_requester_id_fkey" FOREIGN KEY ("requester_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "export" ADD CONSTRAINT "export_room_id_fkey" FOREIGN KEY ("room_id") REFERENCES "room"("id") ON DELETE CASCADE ON UPDATE CASCADE;
