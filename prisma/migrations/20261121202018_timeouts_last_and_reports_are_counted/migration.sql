-- CreateTable
CREATE TABLE "room_timeout" (
    "room_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "room_timeout_pkey" PRIMARY KEY ("room_id","user_id")
);

-- CreateIndex
CREATE INDEX "room_timeout_user_id_idx" ON "room_timeout"("user_id");

-- CreateIndex
CREATE INDEX "report_open_in_room_idx" ON "report"("room_id") WHERE (closed_at IS NULL);

-- AddForeignKey
ALTER TABLE "room_timeout" ADD CONSTRAINT "room_timeout_room_id_fkey" FOREIGN KEY ("room_id") REFERENCES "room"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "room_timeout" ADD CONSTRAINT "room_timeout_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;
