-- CreateEnum
CREATE TYPE "mail_kind" AS ENUM ('verify_email', 'email_taken', 'reset_password');

-- CreateTable
CREATE TABLE "mail_queue" (
    "id" BIGSERIAL NOT NULL,
    "kind" "mail_kind" NOT NULL,
    "email" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "mail_queue_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "mail_queue_due_at_idx" ON "mail_queue"("due_at");
