import type { Candidate } from './login-repository.ts';

const GIGAWORD = 0x1_0000_0000n;
const MAX_OCTETS = 0xffff_ffffn;
/** How often access points report, in seconds: a guest over the limit is off line within a minute. */
const INTERIM_SECONDS = 60;

/** What an access point is told of a login that it lets in. */
export function loginAttributes(
  { uploadLimitBytes, downloadLimitBytes, bytesIn, bytesOut }: Candidate,
  classRef: string,
  expiresAt: Date | null,
  now: Date,
): Record<string, string | number | null> {
  const upload = uploadLimitBytes === null ? null : uploadLimitBytes - bytesIn;
  const download = downloadLimitBytes === null ? null : downloadLimitBytes - bytesOut;
  return {
    'reply:Class': classRef,
    'reply:Acct-Interim-Interval': INTERIM_SECONDS,
    // Rounded up: a second too few would be none in the last one, which to some devices means without end.
    'reply:Session-Timeout': expiresAt === null ? null : Math.ceil((expiresAt.getTime() - now.getTime()) / 1000),
    // MikroTik counts from the router: it receives what the guest sends.
    'reply:Mikrotik-Recv-Limit': upload === null ? null : String(upload % GIGAWORD),
    'reply:Mikrotik-Recv-Limit-Gigawords': upload === null ? null : String(upload / GIGAWORD),
    'reply:Mikrotik-Xmit-Limit': download === null ? null : String(download % GIGAWORD),
    'reply:Mikrotik-Xmit-Limit-Gigawords': download === null ? null : String(download / GIGAWORD),
    // 32 bits and no more: a session of a chilli ends at 4 GiB, and the next one gets the rest.
    'reply:ChilliSpot-Max-Input-Octets': upload === null ? null : String(smaller(upload, MAX_OCTETS)),
    'reply:ChilliSpot-Max-Output-Octets': download === null ? null : String(smaller(download, MAX_OCTETS)),
  };
}

function smaller(a: bigint, b: bigint): bigint {
  if (a < b) return a;
  return b;
}
