-- CreateTable
CREATE TABLE "thread_follow" (
    "user_id" UUID NOT NULL,
    "room_id" UUID NOT NULL,
    "thread_seq" INTEGER NOT NULL,
    "is_following" BOOLEAN NOT NULL DEFAULT true,
    "read_seq" INTEGER NOT NULL,

    CONSTRAINT "thread_follow_pkey" PRIMARY KEY ("user_id","room_id","thread_seq")
);

-- CreateIndex
CREATE INDEX "thread_follow_room_id_thread_seq_idx" ON "thread_follow"("room_id", "thread_seq");

-- AddForeignKey
ALTER TABLE "thread_follow" ADD CONSTRAINT "thread_follow_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "thread_follow" ADD CONSTRAINT "thread_follow_room_id_thread_seq_fkey" FOREIGN KEY ("room_id", "thread_seq") REFERENCES "message"("room_id", "seq") ON DELETE CASCADE ON UPDATE CASCADE;

-- Whoever began a thread, has replied or was mentioned in it follows it, and finds all that was said so far read.
INSERT INTO "thread_follow" ("user_id", "room_id", "thread_seq", "read_seq")
SELECT DISTINCT "taking_part"."user_id", "taking_part"."room_id", "thread_seq", "room"."last_seq"
FROM (
    SELECT "author_id" AS "user_id", "room_id", "thread_seq" FROM "message" WHERE "thread_seq" IS NOT NULL
    UNION ALL
    SELECT unnest("mentioned_ids"), "room_id", "thread_seq" FROM "message" WHERE "thread_seq" IS NOT NULL
    UNION ALL
    SELECT "author_id", "room_id", "seq" FROM "message" WHERE "reply_count" > 0
    UNION ALL
    SELECT unnest("mentioned_ids"), "room_id", "seq" FROM "message" WHERE "reply_count" > 0
) "taking_part"
JOIN "membership" USING ("room_id", "user_id")
JOIN "room" ON "room"."id" = "taking_part"."room_id";
