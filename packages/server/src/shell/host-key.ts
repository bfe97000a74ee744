import { generateKeyPairSync } from "node:crypto";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import ssh2 from "ssh2";

/**
 * The key this node proves itself with to SSH clients, ECDSA on P-256: made at the first start, readable by its
 * owner only. Throws, naming the file, when what stands there is no private key.
 */
export function hostKey(path: string): string {
  if (!existsSync(path)) writeFileSync(path, newKey(), { mode: 0o600 });
  chmodSync(path, 0o600);
  const key = readFileSync(path, "utf8");
  const parsed = ssh2.utils.parseKey(key);
  if (parsed instanceof Error) throw new Error(`${path} is no private key: ${parsed.message}`, { cause: parsed });
  return key;
}

/** Not by the SSH library: about one in six hundred Ed25519 keys that it makes it cannot read again. */
function newKey(): string {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  return privateKey.export({ type: "sec1", format: "pem" }).toString();
}
