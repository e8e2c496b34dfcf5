-- DropIndex
DROP INDEX "file_name_id_idx";
