/** A value as rlm_rest reads it. @param {string} value */
const attribute = (value) => ({ do_xlat: false, value });

/** What rlm_rest is told of an access point on this machine. @param {string} secret */
export function describeAccessPoint(secret) {
  return {
    'control:FreeRADIUS-Client-IP-Prefix': attribute('127.0.0.1/32'),
    'control:FreeRADIUS-Client-Secret': attribute(secret),
    'control:FreeRADIUS-Client-Shortname': attribute('access-point-1'),
    'control:FreeRADIUS-Client-Require-MA': attribute('no'),
    'control:FreeRADIUS-Client-NAS-Type': attribute('unsigned'),
  };
}
