import { isIPv6, SocketAddress } from "node:net";

/** The name whose PTR record says what an address is called: `in-addr.arpa` (RFC 1035 §3.5), `ip6.arpa` (RFC 3596 §2.5). */
export function reverseNameOf(address: string): string {
  if (!isIPv6(address)) return `${address.split(".").reverse().join(".")}.in-addr.arpa`;
  return `${[...nibblesOf(address)].reverse().join(".")}.ip6.arpa`;
}

/** All 32 hexadecimal digits. */
function nibblesOf(address: string): string {
  const short = new SocketAddress({ address, family: "ipv6" }).address;
  const [head = "", tail] = withoutDots(short).split("::");
  const before = groupsIn(head);
  const after = groupsIn(tail ?? "");
  const missing = tail === undefined ? 0 : 8 - before.length - after.length;
  const groups = [...before, ...Array<string>(missing).fill("0"), ...after];
  return groups.map((group) => group.padStart(4, "0")).join("");
}

/** An IPv4 address at the end (`::ffff:192.0.2.1`) as two groups. */
function withoutDots(address: string): string {
  const dotted = /(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  if (dotted === null) return address;
  const [a = 0, b = 0, c = 0, d = 0] = dotted.slice(1).map(Number);
  return `${address.slice(0, dotted.index)}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

function groupsIn(text: string): readonly string[] {
  return text === "" ? [] : text.split(":");
}
