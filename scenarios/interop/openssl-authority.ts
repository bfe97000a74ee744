import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const OPENSSL = "/usr/bin/openssl";

/** A root and an authority below it, made and used by openssl's own commands, in a folder. */
export class OpenSslAuthority {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    const ca = ["-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign"];
    const key = (name: string) => ["-newkey", "rsa:2048", "-nodes", "-keyout", this.path(`${name}.key`)];
    this.run("req", "-x509", ...key("root"), "-out", this.path("root.pem"), "-subj", "/CN=openssl root", ...ca);
    this.run("req", "-new", ...key("middle"), "-out", this.path("middle.csr"), "-subj", "/CN=openssl middle", ...ca);
    const signer = ["-CA", this.path("root.pem"), "-CAkey", this.path("root.key")];
    this.run(
      "x509",
      "-req",
      "-in",
      this.path("middle.csr"),
      ...signer,
      "-copy_extensions",
      "copyall",
      "-out",
      this.path("middle.pem"),
    );
  }

  get rootPem(): string {
    return readFileSync(this.path("root.pem"), "utf8");
  }

  path(name: string): string {
    return join(this.#folder, name);
  }

  write(name: string, text: string): string {
    writeFileSync(this.path(name), text);
    return this.path(name);
  }

  /** Signs a request as it stands; the chain without the root. */
  sign(csrPem: string, days = 60): string {
    const request = this.write("request.csr", csrPem);
    const signer = ["-CA", this.path("middle.pem"), "-CAkey", this.path("middle.key"), "-copy_extensions", "copyall"];
    const signed = this.run("x509", "-req", "-in", request, ...signer, "-days", String(days));
    return `${signed}${readFileSync(this.path("middle.pem"), "utf8")}`;
  }

  /** A key and the chain for it. */
  issue(commonName: string, days = 60): { readonly keyPem: string; readonly chainPem: string } {
    const names = ["-subj", `/CN=${commonName}`, "-addext", `subjectAltName=DNS:${commonName}`];
    const usage = ["-addext", "extendedKeyUsage=serverAuth,clientAuth"];
    const key = this.path("leaf.key");
    const csr = this.run("req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", key, ...names, ...usage);
    return { keyPem: readFileSync(key, "utf8"), chainPem: this.sign(csr, days) };
  }

  /** Standard output; throws with what openssl said when it fails. */
  run(...args: readonly string[]): string {
    return execFileSync(OPENSSL, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  }
}
