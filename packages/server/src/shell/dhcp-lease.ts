/** What a DHCP client has written down about an address it was given. */
export interface DhcpLease {
  readonly address: string;
  readonly domain: string | undefined;
}

/**
 * The leases in the files of the usual DHCP clients: `KEY=value` lines of systemd-networkd and NetworkManager, and the
 * blocks of dhclient (dhclient.leases(5)), where the last block of an address counts.
 */
export function leasesIn(files: readonly string[]): readonly DhcpLease[] {
  return files.flatMap((text) => (/^\s*lease\s*\{/m.test(text) ? blocks(text) : assignments(text)));
}

function assignments(text: string): readonly DhcpLease[] {
  const address = /^(?:IP_)?ADDRESS=(\S+)$/m.exec(text)?.[1];
  if (address === undefined) return [];
  return [{ address, domain: /^DOMAINNAME=(\S+)$/m.exec(text)?.[1] }];
}

function blocks(text: string): readonly DhcpLease[] {
  const leases = [...text.matchAll(/lease\s*\{([^}]*)\}/g)].flatMap(([, body = ""]) => {
    const address = /\bfixed-address\s+([^;\s]+)/.exec(body)?.[1];
    return address === undefined ? [] : [{ address, domain: /\bdomain-name\s+"([^"]*)"/.exec(body)?.[1] }];
  });
  return leases.reverse();
}
