-- AlterTable
ALTER TABLE "push_notice" ADD COLUMN     "telling_until" TIMESTAMPTZ(3);
