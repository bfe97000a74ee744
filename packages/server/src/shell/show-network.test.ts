import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { defaultGateway } from "./default-gateway.ts";
import { leasesIn } from "./dhcp-lease.ts";
import { type NetworkFacts, showNetwork } from "./show-network.ts";

const FACTS: NetworkFacts = {
  device: "ens3",
  dhcp: "disabled",
  status: "up",
  addresses: [
    { family: "IPv4", address: "192.0.2.10", mask: "255.255.255.0" },
    { family: "IPv6", address: "2001:db8::10", mask: "64" },
  ],
  hardwareAddress: "02:00:00:00:00:01",
  linkDetected: "yes",
  mode: "Full, 1000 Mbits/s",
  mtu: "1500",
  received: { octets: "1200", packets: "12", errors: "0", dropped: "1" },
  sent: { octets: "3400", packets: "34", errors: "0", dropped: "0" },
  dnsServers: ["192.0.2.53"],
  dnsOptions: "timeout:1.5 attempts:2",
  domain: "example.com",
  gateway: "192.0.2.1",
};

describe("show network eth0 (facts B5)", () => {
  test("two columns, mask octets of three digits, what is not configured says so", () => {
    assert.deepEqual(showNetwork(FACTS, "brief"), [
      "Ethernet 0",
      "DHCP               : disabled           Status     : up",
      "IP Address         : 192.0.2.10         IP Mask    : 255.255.255.000",
      "Link Detected      : yes                Mode       : Full, 1000 Mbits/s",
      "Duplicate IP       : not checked",
      "",
      "DNS",
      "Primary            : 192.0.2.53         Secondary  : Not Configured",
      "Options            : timeout:1.5 attempts:2",
      "Domain             : example.com",
      "Gateway            : 192.0.2.1 on Ethernet 0",
    ]);
  });

  test("a node without a domain has no Domain line", () => {
    assert.doesNotMatch(showNetwork({ ...FACTS, domain: "" }, "brief").join("\n"), /Domain/);
  });

  test("detail adds the device, its other addresses and its traffic", () => {
    assert.deepEqual(showNetwork(FACTS, "detail").slice(5, 15), [
      "Device             : ens3               MTU        : 1500",
      "MAC Address        : 02:00:00:00:00:01",
      "IPv6 Address       : 2001:db8::10/64",
      "",
      "RX stats",
      "Bytes              : 1200               Packets    : 12",
      "Errors             : 0                  Dropped    : 1",
      "",
      "TX stats",
      "Bytes              : 3400               Packets    : 34",
    ]);
  });

  test("a machine without any address is not guessed at", () => {
    const lines = showNetwork({ ...FACTS, addresses: [], dnsServers: [], gateway: undefined }, "brief");
    assert.match(lines[2] ?? "", /^IP Address +: Not Configured +IP Mask +: $/);
    assert.match(lines[7] ?? "", /^Primary +: Not Configured +Secondary +: Not Configured$/);
    assert.match(lines.at(-1) ?? "", /^Gateway +: Not Configured$/);
  });
});

describe("what the system knows of its network", () => {
  test("the default gateway of the device, and of no other", () => {
    const routes = [
      "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT",
      "eth1\t00000000\t01020A0A\t0003\t0\t0\t0\t00000000\t0\t0\t0",
      "eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0",
      "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0",
    ].join("\n");
    assert.equal(defaultGateway(routes, "eth0"), "192.0.2.1");
    assert.equal(defaultGateway(routes, "eth1"), "10.10.2.1");
    assert.equal(defaultGateway(routes, "eth2"), undefined);
    assert.equal(defaultGateway("", "eth0"), undefined);
  });

  test("leases of each DHCP client, with the domain it was given", () => {
    const networkd = "# private\nADDRESS=192.0.2.10\nNETMASK=255.255.255.0\nDOMAINNAME=example.net\n";
    const networkManager = "# private\nADDRESS=192.0.2.11\n";
    const dhclient = [
      'lease {\n  interface "eth0";\n  fixed-address 192.0.2.12;\n  option domain-name "old.example";\n}',
      'lease {\n  interface "eth0";\n  fixed-address 192.0.2.12;\n  option domain-name "new.example";\n}',
    ].join("\n");
    assert.deepEqual(leasesIn([networkd, networkManager, dhclient, "nothing of that kind"]), [
      { address: "192.0.2.10", domain: "example.net" },
      { address: "192.0.2.11", domain: undefined },
      { address: "192.0.2.12", domain: "new.example" },
      { address: "192.0.2.12", domain: "old.example" },
    ]);
  });
});
