-- Where a session's access point was heard from: a row of `nas` may be a whole network, and a Disconnect-Request goes to one device.
ALTER TABLE "guest_sessions" ADD COLUMN "nas_address" INET;
