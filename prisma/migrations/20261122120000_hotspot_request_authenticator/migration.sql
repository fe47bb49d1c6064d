-- Tells a request that came twice from another login of the same device.
ALTER TABLE "guest_sessions" ADD COLUMN "request_authenticator" TEXT;
