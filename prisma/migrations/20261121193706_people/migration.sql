-- AlterTable
ALTER TABLE "user" ADD COLUMN     "avatar_id" UUID,
ADD COLUMN     "deactivated_at" TIMESTAMPTZ(3),
ADD COLUMN     "erased_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "profile" (
    "user_id" UUID NOT NULL,
    "pronouns" TEXT,
    "about" TEXT,
    "time_zone" TEXT,
    "status_emoji" TEXT,
    "status_text" TEXT,
    "status_until" TIMESTAMPTZ(3),

    CONSTRAINT "profile_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "former_username" (
    "username_key" TEXT NOT NULL,
    "user_id" UUID NOT NULL,

    CONSTRAINT "former_username_pkey" PRIMARY KEY ("username_key")
);

-- CreateTable
CREATE TABLE "password_reset" (
    "user_id" UUID NOT NULL,
    "code_hash" BYTEA NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "password_reset_pkey" PRIMARY KEY ("user_id")
);

-- CreateIndex
CREATE INDEX "former_username_user_id_idx" ON "former_username"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "password_reset_code_hash_key" ON "password_reset"("code_hash");

-- CreateIndex
CREATE UNIQUE INDEX "user_avatar_id_key" ON "user"("avatar_id");

-- AddForeignKey
ALTER TABLE "profile" ADD CONSTRAINT "profile_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "former_username" ADD CONSTRAINT "former_username_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "password_reset" ADD CONSTRAINT "password_reset_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;
