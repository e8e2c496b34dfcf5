-- CreateEnum
CREATE TYPE "StatisticsInterval" AS ENUM ('HOUR', 'DAY', 'WEEK');

-- CreateTable
CREATE TABLE "server_settings" (
    "id" SMALLINT NOT NULL DEFAULT 1,
    "name" TEXT,
    "registration" TEXT,
    "max_upload_bytes" INTEGER,
    "max_files_per_message" INTEGER,
    "upload_types" TEXT,
    "logo_id" UUID,

    CONSTRAINT "server_settings_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "server_sample" (
    "at" TIMESTAMPTZ(3) NOT NULL,
    "process_id" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,
    "connections" INTEGER NOT NULL,
    "subscriptions" INTEGER NOT NULL,
    "deliveries" INTEGER NOT NULL,
    "sends" INTEGER NOT NULL,
    "send_ms" DOUBLE PRECISION NOT NULL,
    "rss_bytes" BIGINT NOT NULL,
    "event_loop_delay_ms" DOUBLE PRECISION NOT NULL,

    CONSTRAINT "server_sample_pkey" PRIMARY KEY ("at","process_id")
);

-- CreateTable
CREATE TABLE "statistic" (
    "interval" "StatisticsInterval" NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "messages" INTEGER NOT NULL,
    "new_messages" INTEGER NOT NULL,
    "active_users" INTEGER NOT NULL,
    "storage_bytes" BIGINT NOT NULL,
    "connections" INTEGER,
    "deliveries" BIGINT,
    "send_ms" DOUBLE PRECISION,
    "rss_bytes" BIGINT,

    CONSTRAINT "statistic_pkey" PRIMARY KEY ("interval","at")
);

-- CreateIndex
CREATE UNIQUE INDEX "server_settings_logo_id_key" ON "server_settings"("logo_id");

-- CreateIndex
CREATE INDEX "message_created_at_idx" ON "message" USING BRIN ("created_at");

-- CreateIndex
CREATE INDEX "reaction_created_at_idx" ON "reaction" USING BRIN ("created_at");
