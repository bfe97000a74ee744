#!/usr/bin/env bash
# Installs the Debian programs that the interop tests talk to. Does nothing where they are installed, and says why where it cannot.
set -u
packages=(kamailio kamailio-presence-modules kamailio-tls-modules kamailio-sqlite-modules sip-tester stunnel4
  baresip-core pidgin-sipe
  prosody ejabberd python3-slixmpp profanity tmux openssl slapd ldap-utils openssh-client sshpass dnsmasq-base chromium tshark prometheus)

missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  echo "peers: not root on Debian, so these stay away and their tests say skip: ${missing[*]}" >&2
  exit 0
fi

# The packages' own services must not start: the tests run the programs with their own configuration.
guard=/usr/sbin/policy-rc.d
placed=
if [ ! -e "$guard" ]; then
  printf '#!/bin/sh\nexit 101\n' >"$guard"
  chmod 755 "$guard"
  placed=yes
fi
trap '[ -n "$placed" ] && rm -f "$guard"' EXIT

echo "peers: installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq >/dev/null
if ! apt-get install -y -qq --no-install-recommends "${missing[@]}" >/tmp/interpres-peers.$$ 2>&1; then
  tail -n 20 /tmp/interpres-peers.$$ >&2
  echo "peers: could not install ${missing[*]}" >&2
fi
rm -f /tmp/interpres-peers.$$
exit 0
