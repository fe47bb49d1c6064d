import type { Database } from '@gatehouse/db';

/** The configuration of a member as it was set; null when none is. */
export async function findConfiguration(db: Database, memberId: number): Promise<string | null> {
  const [row] = await db.query<{ content: string }>`SELECT content FROM member_configurations WHERE member_id = ${memberId}`;
  return row?.content ?? null;
}

/** Keeps the configuration of a member in place of the one before. */
export async function keepConfiguration(db: Database, memberId: number, content: string, now: Date): Promise<void> {
  await db.execute`
    INSERT INTO member_configurations (member_id, content, updated_at) VALUES (${memberId}, ${content}, ${now})
    ON CONFLICT (member_id) DO UPDATE SET content = excluded.content, updated_at = excluded.updated_at`;
}

/** Forgets the configuration of a member. */
export async function forgetConfiguration(db: Database, memberId: number): Promise<void> {
  await db.execute`DELETE FROM member_configurations WHERE member_id = ${memberId}`;
}
