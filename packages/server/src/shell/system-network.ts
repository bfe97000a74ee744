import { getServers } from "node:dns";
import { globSync, readFileSync } from "node:fs";
import { type NetworkInterfaceInfo, networkInterfaces, platform } from "node:os";
import { DNS_ATTEMPTS, DNS_TIMEOUT_MS } from "@interpres/runtime";
import { defaultGateway } from "./default-gateway.ts";
import { type DhcpLease, leasesIn } from "./dhcp-lease.ts";
import type { InterfaceAddress, NetworkFacts, Traffic } from "./show-network.ts";

/** Where DHCP clients on Linux keep what they were given. */
const LEASES = [
  "/run/systemd/netif/leases/*",
  "/var/lib/dhcp/dhclient*.lease*",
  "/var/lib/NetworkManager/internal-*.lease",
];
const UNKNOWN = "unknown";

/** Reads the interface the node is reached by from the live system: `eth0` where there is one, else the first that is not loopback. */
export function readNetwork(node: { readonly domain: string; readonly dnsServers: readonly string[] }): NetworkFacts {
  const [device, infos] = mainInterface();
  const addresses = infos.map(addressOf);
  const lease = leaseFor(addresses);
  const link = (name: string): string => readLine(`/sys/class/net/${device}/${name}`) ?? UNKNOWN;
  const status = link("operstate");
  const carrier = link("carrier");
  return {
    device,
    dhcp: lease !== undefined ? "enabled" : platform() === "linux" ? "disabled" : UNKNOWN,
    // Loopback and some virtual devices are up without saying so.
    status: status === "down" ? "down" : infos.length > 0 ? "up" : UNKNOWN,
    addresses,
    hardwareAddress: infos[0]?.mac ?? UNKNOWN,
    linkDetected: carrier === "1" ? "yes" : carrier === "0" ? "no" : UNKNOWN,
    mode: modeOf(link("duplex"), link("speed")),
    mtu: link("mtu"),
    received: trafficOf("rx", link),
    sent: trafficOf("tx", link),
    dnsServers: node.dnsServers.length > 0 ? node.dnsServers : getServers(),
    dnsOptions: `timeout:${DNS_TIMEOUT_MS / 1000} attempts:${DNS_ATTEMPTS}`,
    domain: node.domain,
    gateway: defaultGateway(readFile("/proc/net/route") ?? "", device),
  };
}

/** The domain that a DHCP server gave this machine; undefined where none did. */
export function dhcpDomain(): string | undefined {
  return leaseFor(mainInterface()[1].map(addressOf))?.domain;
}

function mainInterface(): readonly [string, readonly NetworkInterfaceInfo[]] {
  const all = Object.entries(networkInterfaces()).map(([name, infos]) => [name, infos ?? []] as const);
  const isOutside = ([, infos]: (typeof all)[number]): boolean => infos.some(({ internal }) => !internal);
  return all.find(([name]) => name === "eth0") ?? all.find(isOutside) ?? all[0] ?? ["eth0", []];
}

function addressOf({ family, address, netmask, cidr }: NetworkInterfaceInfo): InterfaceAddress {
  return family === "IPv4"
    ? { family, address, mask: netmask }
    : { family: "IPv6", address, mask: cidr?.split("/")[1] ?? "" };
}

function leaseFor(addresses: readonly InterfaceAddress[]): DhcpLease | undefined {
  const files = LEASES.flatMap((pattern) => globSync(pattern)).flatMap((path) => readFile(path) ?? []);
  return leasesIn(files).find(({ address }) => addresses.some((own) => own.address === address));
}

function modeOf(duplex: string, speed: string): string {
  const parts = [
    ...(duplex === UNKNOWN ? [] : [`${duplex.charAt(0).toUpperCase()}${duplex.slice(1)}`]),
    ...(/^\d+$/.test(speed) ? [`${speed} Mbits/s`] : []),
  ];
  return parts.length === 0 ? UNKNOWN : parts.join(", ");
}

function trafficOf(way: "rx" | "tx", link: (name: string) => string): Traffic {
  const count = (what: string): string => link(`statistics/${way}_${what}`);
  return { octets: count("bytes"), packets: count("packets"), errors: count("errors"), dropped: count("dropped") };
}

function readLine(path: string): string | undefined {
  return readFile(path)?.split("\n")[0];
}

/** Undefined where the system has no such file or does not let us read it: then this fact is unknown. */
function readFile(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error) return undefined;
    throw error;
  }
}
