import { BlockList, isIPv6 } from "node:net";
import type { NextHop } from "@interpres/sip";

/** Where no foreign domain can live: this network, link-local, multicast, broadcast, unspecified (RFC 6890 §2.2). */
const nowhere = listOf(
  ["0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4"],
  ["::/128", "fe80::/10", "ff00::/8"],
);
const loopback = listOf(["127.0.0.0/8"], ["::1/128"]);

function listOf(four: readonly string[], six: readonly string[]): BlockList {
  const list = new BlockList();
  for (const subnet of four) addTo(list, subnet, "ipv4");
  for (const subnet of six) addTo(list, subnet, "ipv6");
  return list;
}

function addTo(list: BlockList, subnet: string, family: "ipv4" | "ipv6"): void {
  const [address = "", prefix = ""] = subnet.split("/");
  list.addSubnet(address, Number(prefix), family);
}

/** True for an address where no host can be. */
export function isNoHost(address: string): boolean {
  return nowhere.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}

/**
 * Whether to connect to an address that DNS gave for a hop: what an administrator wrote into a static route may be
 * anywhere, what a foreign zone says may not lead back into this host (attack class 27). `loopbackFromDns` is for
 * nodes whose DNS is itself on this host: demo and tests.
 */
export function addressPolicy(loopbackFromDns: "allowed" | "refused"): (address: string, hop: NextHop) => boolean {
  return (address, hop) => {
    if (hop.from.startsWith("static-route")) return true;
    if (isNoHost(address)) return false;
    return loopbackFromDns === "allowed" || !loopback.check(address, isIPv6(address) ? "ipv6" : "ipv4");
  };
}
