-- CreateEnum
CREATE TYPE "PostingPolicy" AS ENUM ('MEMBERS', 'MODERATORS');

-- CreateEnum
CREATE TYPE "ReportOutcome" AS ENUM ('ACTED_UPON', 'DISMISSED');

-- AlterEnum
ALTER TYPE "RoomEventKind" ADD VALUE 'MEMBER_REMOVED';
ALTER TYPE "RoomEventKind" ADD VALUE 'MEMBER_TIMED_OUT';
ALTER TYPE "RoomEventKind" ADD VALUE 'MEMBER_ROLE_CHANGED';

-- AlterEnum
ALTER TYPE "RoomRole" ADD VALUE 'MODERATOR';

-- AlterEnum
ALTER TYPE "ServerRole" ADD VALUE 'OWNER';

-- AlterTable
ALTER TABLE "membership" ADD COLUMN     "last_paced_at" TIMESTAMPTZ(3),
ADD COLUMN     "timed_out_until" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "room" ADD COLUMN     "archived_at" TIMESTAMPTZ(3),
ADD COLUMN     "posting_policy" "PostingPolicy" NOT NULL DEFAULT 'MEMBERS',
ADD COLUMN     "slow_mode_seconds" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "room_event" ADD COLUMN     "subject_id" UUID;

-- CreateTable
CREATE TABLE "room_ban" (
    "room_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "by_id" UUID NOT NULL,
    "reason" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "until" TIMESTAMPTZ(3),

    CONSTRAINT "room_ban_pkey" PRIMARY KEY ("room_id","user_id")
);

-- CreateTable
CREATE TABLE "server_ban" (
    "user_id" UUID NOT NULL,
    "by_id" UUID NOT NULL,
    "reason" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "until" TIMESTAMPTZ(3),

    CONSTRAINT "server_ban_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "report" (
    "id" UUID NOT NULL,
    "room_id" UUID NOT NULL,
    "seq" INTEGER NOT NULL,
    "reporter_id" UUID NOT NULL,
    "author_id" UUID NOT NULL,
    "reason" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "closed_at" TIMESTAMPTZ(3),
    "closed_by_id" UUID,
    "outcome" "ReportOutcome",
    "note" TEXT,

    CONSTRAINT "report_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_entry" (
    "id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "action" TEXT NOT NULL,
    "actor_id" UUID NOT NULL,
    "actor_name" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "user_id" UUID,
    "user_name" TEXT,
    "room_id" UUID,
    "room_slug" TEXT,
    "message_seq" INTEGER,
    "reason" TEXT,
    "before" JSONB,
    "after" JSONB,

    CONSTRAINT "audit_entry_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "room_ban_user_id_idx" ON "room_ban"("user_id");

-- CreateIndex
CREATE INDEX "report_room_id_seq_idx" ON "report"("room_id", "seq");

-- CreateIndex
CREATE INDEX "report_open_idx" ON "report"("created_at", "id") WHERE (closed_at IS NULL);

-- CreateIndex
CREATE UNIQUE INDEX "report_reporter_id_room_id_seq_key" ON "report"("reporter_id", "room_id", "seq");

-- CreateIndex
CREATE INDEX "audit_entry_actor_id_id_idx" ON "audit_entry"("actor_id", "id");

-- CreateIndex
CREATE INDEX "audit_entry_user_id_id_idx" ON "audit_entry"("user_id", "id");

-- CreateIndex
CREATE INDEX "audit_entry_room_id_id_idx" ON "audit_entry"("room_id", "id");

-- AddForeignKey
ALTER TABLE "room_ban" ADD CONSTRAINT "room_ban_room_id_fkey" FOREIGN KEY ("room_id") REFERENCES "room"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "room_ban" ADD CONSTRAINT "room_ban_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "room_ban" ADD CONSTRAINT "room_ban_by_id_fkey" FOREIGN KEY ("by_id") REFERENCES "user"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "server_ban" ADD CONSTRAINT "server_ban_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "server_ban" ADD CONSTRAINT "server_ban_by_id_fkey" FOREIGN KEY ("by_id") REFERENCES "user"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "report" ADD CONSTRAINT "report_room_id_fkey" FOREIGN KEY ("room_id") REFERENCES "room"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "report" ADD CONSTRAINT "report_room_id_seq_fkey" FOREIGN KEY ("room_id", "seq") REFERENCES "message"("room_id", "seq") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "report" ADD CONSTRAINT "report_reporter_id_fkey" FOREIGN KEY ("reporter_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "report" ADD CONSTRAINT "report_author_id_fkey" FOREIGN KEY ("author_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "report" ADD CONSTRAINT "report_closed_by_id_fkey" FOREIGN KEY ("closed_by_id") REFERENCES "user"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "room_event" ADD CONSTRAINT "room_event_subject_id_fkey" FOREIGN KEY ("subject_id") REFERENCES "user"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- What was done stays known.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'Rows of % are only added', TG_TABLE_NAME;
END
$$;
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
