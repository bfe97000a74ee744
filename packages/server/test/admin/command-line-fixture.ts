import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { TestCertificateAuthority, unbroken } from "@interpres/testkit";
import { AdminFixture, TOKENS } from "./admin-fixture.ts";

export const LAUNCHER = resolve(import.meta.dirname, "../../../cli/bin/interpres.mjs");

export interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A node's admin API on a port, the data directory a command line finds it by, and the command line itself. */
export class CommandLine {
  readonly fixture: AdminFixture;
  /** Where commands run; files of a test go here. */
  readonly directory = mkdtempSync(join(tmpdir(), "interpres-cli-"));
  readonly url: string;

  private constructor(fixture: AdminFixture, port: number) {
    this.fixture = fixture;
    this.url = `https://localhost:${port}`;
  }

  static async start(): Promise<CommandLine> {
    const authority = await TestCertificateAuthority.create("Node CA");
    const { certPem, keyPem } = await authority.issue({ cn: "localhost", dnsNames: ["localhost"] });
    const fixture = await AdminFixture.start({ cert: certPem, key: keyPem });
    const { port } = await fixture.server.listen({ host: "localhost", port: 0 }, unbroken);
    const made = new CommandLine(fixture, port);
    mkdirSync(join(made.directory, "data"));
    // By its address, which the certificate does not name: on its own machine the authority is enough.
    made.write("data/node.json", JSON.stringify({ pid: 1, adminUrl: `https://127.0.0.1:${port}` }));
    made.write("data/local-token", `${TOKENS.administrator}\n`);
    made.write("data/ca.pem", authority.certPem);
    return made;
  }

  async stop(): Promise<void> {
    await this.fixture.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.directory, file), text);
  }

  run(words: readonly string[], input = ""): Promise<Run> {
    return new Promise((done, fail) => {
      const child = spawn(process.execPath, [LAUNCHER, ...words], { cwd: this.directory, stdio: "pipe" });
      const [out, err]: [Buffer[], Buffer[]] = [[], []];
      child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
      child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
      child.on("error", fail);
      child.on("close", (code) =>
        done({ code, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() }),
      );
      child.stdin.end(input);
    });
  }

  async json(...words: string[]): Promise<unknown> {
    return JSON.parse((await this.run([...words, "--json"])).out) as unknown;
  }
}
