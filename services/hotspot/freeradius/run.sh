#!/bin/sh
# Starts FreeRADIUS 3.2 for Gatehouse, as an ordinary user and with no file of the system's but its program, modules and
# dictionaries (Debian: freeradius freeradius-rest freeradius-utils). Runs in the foreground; logs to standard output.
#
#   RADIUS_REST_URL    where the hotspot service listens for FreeRADIUS (its RADIUS_REST_PORT): http://hotspot:8081
#   INTERNAL_SECRET    the secret of that port, or INTERNAL_SECRET_FILE with the path of a file that holds it
#   RADIUS_NETWORKS    networks in which access points may stand, separated by spaces or commas: 10.0.0.0/8 2001:db8::/32
#                      Packets from elsewhere are dropped unread. No wider than /8, or /16 for IPv6.
#   RADIUS_LISTEN      addresses to listen on (0.0.0.0; add :: for IPv6)
#   RADIUS_AUTH_PORT   1812
#   RADIUS_ACCT_PORT   1813
#   RADIUS_STATUS_PORT a port of 127.0.0.1 that answers Status-Server under INTERNAL_SECRET, for health checks; none unless told
#   RADIUS_CLIENT_SECONDS  for how long an access point is remembered: 1 to 60 (60)
#   RADIUS_RUN_DIR     a folder for what is written here; a temporary one unless told
set -eu
umask 077
here=$(cd "$(dirname "$0")" && pwd)
fail() { echo "freeradius/run.sh: $1" >&2; exit 1; }

[ -n "${INTERNAL_SECRET_FILE:-}" ] && INTERNAL_SECRET=$(cat "$INTERNAL_SECRET_FILE")
[ -n "${INTERNAL_SECRET:-}" ] || fail 'INTERNAL_SECRET is missing: it is that of the hotspot service.'
case $INTERNAL_SECRET in *[!A-Za-z0-9._~+/=-]*) fail 'INTERNAL_SECRET may hold letters, digits and . _ ~ + / = - only.' ;; esac
case ${RADIUS_REST_URL:-} in http://* | https://*) ;; *) fail 'RADIUS_REST_URL is missing: it is where the hotspot service listens for FreeRADIUS, such as http://hotspot:8081.' ;; esac
case $RADIUS_REST_URL in *[!A-Za-z0-9.:/_-]*) [ "${RADIUS_REST_URL#*\[}" != "$RADIUS_REST_URL" ] || fail 'RADIUS_REST_URL is no address.' ;; esac
RADIUS_REST_URL=${RADIUS_REST_URL%/}

number() { # NAME VALUE LOWEST HIGHEST
	case $2 in '' | *[!0-9]*) fail "$1 must be a number from $3 to $4." ;; esac
	{ [ ${#2} -le 5 ] && [ "$2" -ge "$3" ] && [ "$2" -le "$4" ]; } || fail "$1 must be a number from $3 to $4."
}
auth_port=${RADIUS_AUTH_PORT:-1812} acct_port=${RADIUS_ACCT_PORT:-1813} seconds=${RADIUS_CLIENT_SECONDS:-60}
number RADIUS_AUTH_PORT "$auth_port" 1 65535
number RADIUS_ACCT_PORT "$acct_port" 1 65535
number RADIUS_CLIENT_SECONDS "$seconds" 1 60

program=$(command -v freeradius || command -v radiusd || echo /usr/sbin/freeradius)
[ -x "$program" ] || fail 'FreeRADIUS is not installed (Debian: freeradius freeradius-rest freeradius-utils).'
for folder in /usr/lib/freeradius /usr/lib64/freeradius /usr/lib/*/freeradius /usr/local/lib/freeradius /opt/freeradius/lib; do
	[ -e "$folder/rlm_rest.so" ] && RADIUS_LIB_DIR=$folder && break
done
[ -n "${RADIUS_LIB_DIR:-}" ] || fail 'rlm_rest is not installed (Debian: freeradius-rest).'

RADIUS_RUN_DIR=${RADIUS_RUN_DIR:-$(mktemp -d "${TMPDIR:-/tmp}/gatehouse-radius-XXXXXX")}
mkdir -p "$RADIUS_RUN_DIR"

count=0
: >"$RADIUS_RUN_DIR/clients.conf"
for network in $(echo "${RADIUS_NETWORKS:-}" | tr ',' ' '); do
	base=${network%/*} family=ipaddr longest=32 widest=8
	case $network in *[!0-9A-Fa-f.:/]* | */*/*) fail "RADIUS_NETWORKS: $network is no network." ;; esac
	case $base in *:*) family=ipv6addr longest=128 widest=16 ;; *.*.*.*) ;; *) fail "RADIUS_NETWORKS: $network is no network." ;; esac
	length=$longest
	[ "$base" = "$network" ] || length=${network##*/}
	case $length in '' | *[!0-9]*) fail "RADIUS_NETWORKS: $network is no network." ;; esac
	[ "$length" -le "$longest" ] || fail "RADIUS_NETWORKS: $network is no network."
	[ "$length" -ge "$widest" ] || fail "RADIUS_NETWORKS: $network is too wide: the widest is /$widest."
	# FreeRADIUS looks nobody up for a single address; its neighbour is not listed, so is not answered either.
	[ "$length" -lt "$longest" ] || length=$((longest - 1))
	count=$((count + 1))
	cat >>"$RADIUS_RUN_DIR/clients.conf" <<-CONF
		client network-$count {
		$family = $base/$length
		shortname = "$base/$length"
		dynamic_clients = access-points
		# A spray would otherwise keep a true access point waiting for its second: see access-points.conf.
		rate_limit = no
		lifetime = $seconds
		}
	CONF
done
[ "$count" -gt 0 ] || fail 'RADIUS_NETWORKS is missing: it names the networks in which access points may stand, such as 10.0.0.0/8.'

: >"$RADIUS_RUN_DIR/listen.conf"
for address in $(echo "${RADIUS_LISTEN:-0.0.0.0}" | tr ',' ' '); do
	case $address in *[!0-9A-Fa-f.:]*) fail "RADIUS_LISTEN: $address is no address." ;; *:*) family=ipv6addr ;; *) family=ipaddr ;; esac
	for kind in auth acct; do
		[ $kind = auth ] && port=$auth_port || port=$acct_port
		cat >>"$RADIUS_RUN_DIR/listen.conf" <<-CONF
			listen {
			type = $kind
			$family = $address
			port = $port
			# What strangers send while one of them is looked up must not push a guest's packet out; the system may allow less.
			recv_buff = 4194304
			}
		CONF
	done
done

: >"$RADIUS_RUN_DIR/status.conf"
if [ -n "${RADIUS_STATUS_PORT:-}" ]; then
	number RADIUS_STATUS_PORT "$RADIUS_STATUS_PORT" 1 65535
	cat >"$RADIUS_RUN_DIR/status.conf" <<-CONF
		server status {
		listen {
		type = status
		ipaddr = 127.0.0.1
		port = $RADIUS_STATUS_PORT
		}
		client health-check {
		ipaddr = 127.0.0.1
		secret = "\$ENV{INTERNAL_SECRET}"
		}
		authorize {
		Autz-Type Status-Server {
		ok
		}
		}
		}
	CONF
fi

export RADIUS_RUN_DIR RADIUS_LIB_DIR RADIUS_REST_URL INTERNAL_SECRET
# Its threads wait for the hotspot service, and would push it aside on the same processor whenever it answers one of them: as a batch
# (SCHED_BATCH) they wait for their turn, and more logins get through. Where that is not allowed it does without.
batch=
if chrt -b 0 true 2>/dev/null; then batch='chrt -b 0'; fi
exec $batch "$program" -f -l stdout -n radiusd -d "$here" "$@"
