const MAX_LENGTH = 60;

/** A slug made of a name: `Träume & Co.` is `traume-co`. A name without a letter or digit of a–z 0–9 is `service`. */
export function slugOf(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_LENGTH)
    .replace(/^-+|-+$/g, '');
  return plain === '' ? 'service' : plain;
}

/** The slug to try next when `slug` is taken: `shop`, `shop-2`, `shop-3`, … */
export function numberedSlug(slug: string, attempt: number): string {
  return attempt === 1 ? slug : `${slug}-${attempt}`;
}
