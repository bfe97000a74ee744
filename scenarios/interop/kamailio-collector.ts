import { createSocket } from "node:dgram";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { freePorts, PeerProcess, peerFolder } from "../harness/peers.ts";

/** The columns that Kamailio's sipcapture writes. */
const COLUMNS =
  "date micro_ts method reply_reason ruri ruri_user ruri_domain from_user from_domain from_tag to_user to_domain to_tag pid_user " +
  "contact_user auth_user callid callid_aleg via_1 via_1_branch cseq diversion reason content_type auth user_agent source_ip " +
  "source_port destination_ip destination_port contact_ip contact_port originator_ip originator_port expires event correlation_id " +
  "custom_field1 custom_field2 custom_field3 proto family rtp_stat type node msg";

/** What Kamailio understood of one packet. */
export interface Captured {
  /** Of a response its status code. */
  readonly method: string;
  readonly callid: string;
  readonly source_ip: string;
  readonly source_port: number;
  readonly destination_port: number;
  readonly correlation_id: string;
  /** `homer01:` and the capture id. */
  readonly node: string;
  /** Microseconds since 1970. */
  readonly micro_ts: number;
  readonly msg: string;
}

/** Kamailio as a collector of HEP over UDP. All it gets passes by `packets` first. */
export class KamailioCollector {
  /** Where the node sends to. */
  readonly port: number;
  readonly packets: Buffer[] = [];
  readonly #folder = peerFolder();
  readonly #socket = createSocket("udp4");
  #process: PeerProcess | undefined;

  private constructor(port: number) {
    this.port = port;
  }

  static async start(): Promise<KamailioCollector> {
    const [port = 0, kamailioPort = 0] = await freePorts(2);
    const collector = new KamailioCollector(port);
    await collector.#listen(kamailioPort);
    await collector.#run(kamailioPort);
    return collector;
  }

  async #listen(kamailioPort: number): Promise<void> {
    this.#socket.on("message", (octets) => {
      this.packets.push(octets);
      this.#socket.send(octets, kamailioPort, "127.0.0.1");
    });
    await new Promise<void>((resolve) => this.#socket.bind(this.port, "127.0.0.1", resolve));
  }

  async #run(port: number): Promise<void> {
    const { path } = this.#folder;
    const database = new DatabaseSync(join(path, "capture.db"));
    database.exec(`create table sip_capture (id integer primary key, ${COLUMNS.split(" ").join(", ")})`);
    database.exec("create table version (table_name, table_version)");
    database.close();
    const template = readFileSync(join(import.meta.dirname, "kamailio/capture.cfg"), "utf8");
    const written = template.replace("%PORT%", String(port)).replace("%DATABASE%", join(path, "capture.db"));
    writeFileSync(join(path, "kamailio.cfg"), written);
    const words = ["-f", join(path, "kamailio.cfg"), "-DD", "-E", "-m", "32", "-M", "4", "-Y", path];
    this.#process = new PeerProcess(["/usr/sbin/kamailio", ...words, "-P", join(path, "pid")], {
      log: join(path, "log"),
    });
    await this.#process.printed(/Listening on/);
  }

  /** What Kamailio has written so far, in its order. */
  captured(): readonly Captured[] {
    const database = new DatabaseSync(join(this.#folder.path, "capture.db"), { readOnly: true });
    try {
      const rows = database.prepare("select * from sip_capture order by id").all();
      return rows.map((row) => ({ ...row, msg: Buffer.from(row.msg as Uint8Array).toString("utf8") })) as never;
    } finally {
      database.close();
    }
  }

  async stop(): Promise<void> {
    this.#socket.close();
    await this.#process?.stop();
    this.#folder.remove();
  }
}
