const UP_AND_GATEWAY = 3;

/** The default gateway of a device in the text of `/proc/net/route`: hexadecimal, in the octet order of the machine (little endian). */
export function defaultGateway(routes: string, device: string): string | undefined {
  const rows = routes.split("\n").map((line) => line.trim().split(/\s+/));
  const found = rows.find(
    ([name, destination, , flags]) =>
      name === device &&
      destination === "00000000" &&
      (Number.parseInt(flags ?? "0", 16) & UP_AND_GATEWAY) === UP_AND_GATEWAY,
  );
  const gateway = found?.[2];
  if (gateway === undefined) return undefined;
  return [...Buffer.from(gateway, "hex")].reverse().join(".");
}
