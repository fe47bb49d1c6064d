-- The log tells what was, also of an access point or a session that is gone: its references are numbers, and nobody keeps them in step.
-- Checking them and their indexes was half of what an entry cost.
-- In the order in which logins lock them: a service of the version before may still be at work.
LOCK TABLE "nas", "guest_sessions", "login_log" IN ACCESS EXCLUSIVE MODE;
ALTER TABLE "login_log" DROP CONSTRAINT "login_log_nas_id_fkey", DROP CONSTRAINT "login_log_guest_session_id_fkey";
DROP INDEX "login_log_nas_id_idx", "login_log_guest_session_id_idx";
