import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import ssh2 from "ssh2";

/** The key this node proves itself with to SSH clients: made at the first start, readable by its owner only. */
export function hostKey(path: string): string {
  if (!existsSync(path)) writeFileSync(path, ssh2.utils.generateKeyPairSync("ed25519").private, { mode: 0o600 });
  chmodSync(path, 0o600);
  return readFileSync(path, "utf8");
}
