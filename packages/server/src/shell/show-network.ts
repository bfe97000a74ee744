import { field, fields } from "./two-columns.ts";

/** What the system says of the interface that the node is reached by. */
export interface NetworkFacts {
  /** The system's name of it. */
  readonly device: string;
  readonly dhcp: "enabled" | "disabled" | "unknown";
  readonly status: "up" | "down" | "unknown";
  readonly addresses: readonly InterfaceAddress[];
  readonly hardwareAddress: string;
  readonly linkDetected: "yes" | "no" | "unknown";
  /** Duplex and speed, where the driver tells. */
  readonly mode: string;
  readonly mtu: string;
  readonly received: Traffic;
  readonly sent: Traffic;
  /** In the order they are asked. */
  readonly dnsServers: readonly string[];
  readonly dnsOptions: string;
  /** Domain part of this node's FQDN; empty when it has none. */
  readonly domain: string;
  readonly gateway: string | undefined;
}

export interface InterfaceAddress {
  readonly family: "IPv4" | "IPv6";
  readonly address: string;
  /** Dotted for IPv4, else the length of the prefix. */
  readonly mask: string;
}

export interface Traffic {
  readonly octets: string;
  readonly packets: string;
  readonly errors: string;
  readonly dropped: string;
}

const NOT_CONFIGURED = "Not Configured";

/** `show network eth0 [detail]` in the layout of facts B5. */
export function showNetwork(facts: NetworkFacts, amount: "brief" | "detail"): readonly string[] {
  const first = facts.addresses.find(({ family }) => family === "IPv4") ?? facts.addresses[0];
  const [primary = NOT_CONFIGURED, secondary = NOT_CONFIGURED] = facts.dnsServers;
  const gateway = facts.gateway === undefined ? NOT_CONFIGURED : `${facts.gateway} on Ethernet 0`;
  return [
    "Ethernet 0",
    fields(["DHCP", facts.dhcp], ["Status", facts.status]),
    fields(["IP Address", first?.address ?? NOT_CONFIGURED], ["IP Mask", paddedMask(first?.mask ?? "")]),
    fields(["Link Detected", facts.linkDetected], ["Mode", facts.mode]),
    field("Duplicate IP", "not checked"),
    ...(amount === "detail" ? detail(facts) : []),
    "",
    "DNS",
    fields(["Primary", primary], ["Secondary", secondary]),
    field("Options", facts.dnsOptions),
    ...(facts.domain === "" ? [] : [field("Domain", facts.domain)]),
    field("Gateway", gateway),
  ];
}

/** `255.255.255.0` as `255.255.255.000`. */
function paddedMask(mask: string): string {
  if (!mask.includes(".")) return mask;
  return mask
    .split(".")
    .map((octet) => octet.padStart(3, "0"))
    .join(".");
}

function detail({ device, hardwareAddress, mtu, received, sent, addresses }: NetworkFacts): readonly string[] {
  return [
    fields(["Device", device], ["MTU", mtu]),
    field("MAC Address", hardwareAddress),
    ...addresses
      .filter(({ family }) => family === "IPv6")
      .map(({ address, mask }) => field("IPv6 Address", `${address}/${mask}`)),
    "",
    "RX stats",
    ...trafficLines(received),
    "",
    "TX stats",
    ...trafficLines(sent),
  ];
}

function trafficLines({ octets, packets, errors, dropped }: Traffic): readonly string[] {
  return [fields(["Bytes", octets], ["Packets", packets]), fields(["Errors", errors], ["Dropped", dropped])];
}
