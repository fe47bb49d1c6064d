/** What `PUT /keys/{keyId}` may change; a member that is absent stays as it is. */
export interface KeyChange {
  readonly key_name?: string | null;
  readonly validity_minutes?: number | null;
  readonly expires_at?: Date | null;
  readonly is_premium?: boolean;
  readonly one_time_use?: boolean;
  readonly expiry_on_first_use?: boolean;
  readonly no_hwid?: boolean;
  readonly hwid_limit?: number | null;
  readonly is_invalidated?: boolean;
  readonly discord_id?: string | null;
}
