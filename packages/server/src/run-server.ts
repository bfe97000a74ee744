import { createLogger, type LevelledLogger, systemClock, systemRandom } from "@interpres/runtime";
import { greetingText } from "./greeting.ts";
import { removeNodeFile, writeNodeFile } from "./node-file.ts";
import { type NodeSettings, readNodeSettings, SettingsError, type SettingsSource } from "./settings.ts";
import { type InterpresNode, startNode } from "./start-node.ts";
import { VERSION } from "./version.ts";

const STOP_LIMIT_MS = 9_500;

/** Runs one node until a signal ends it. Exit codes: 0 stopped, 1 could not start or go on, 2 wrong settings. */
export async function runServer(readSource: () => SettingsSource): Promise<void> {
  const settings = settingsOrExit(readSource());
  const format = process.stdout.isTTY ? "pretty" : "json";
  const log = createLogger({ level: settings.log.level, format });
  const onDeath = (error: Error): void => {
    log.error("node.died", { reason: error.message });
    process.exit(1);
  };
  // A defect of ours must be seen; whoever supervises the process starts it again, and promises are on the disk.
  process.on("uncaughtException", (error) => {
    log.error("node.defect", { reason: error.stack ?? error.message });
    process.exit(1);
  });
  // One left behind by a kill -9 names a process that is gone.
  removeNodeFile(settings.dataDirectory);
  const life = new NodeLife({ settings, readSource, log, onDeath });
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => life.end());
  process.on("SIGHUP", () => life.reload());
  await life.begin();
}

interface LifeParts {
  readonly settings: NodeSettings;
  readonly readSource: () => SettingsSource;
  readonly log: LevelledLogger;
  readonly onDeath: (error: Error) => void;
}

/** The nodes of this process, one after the other: each restart makes a new one, of settings read anew. */
class NodeLife {
  readonly #parts: LifeParts;
  #settings: NodeSettings;
  #node: InterpresNode | undefined;
  /** What starts or stops goes on one after the other. */
  #turn: Promise<void> = Promise.resolve();
  #isEnding = false;

  constructor(parts: LifeParts) {
    this.#parts = parts;
    this.#settings = parts.settings;
  }

  /** Ends the process when the node does not start. */
  begin(): Promise<void> {
    this.#turn = this.#turn.then(() => this.#start());
    return this.#turn;
  }

  /** Settings that are wrong by now are left for the next time. */
  restart(): void {
    if (this.#isEnding) return;
    this.#parts.log.info("node.restarting");
    this.#turn = this.#turn.then(async () => {
      await this.#stop();
      this.#settings = this.#readSettings() ?? this.#settings;
      await this.#start();
    });
  }

  end(): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    const late = systemClock.after(STOP_LIMIT_MS, () => process.exit(1));
    void this.#turn
      .then(() => this.#stop())
      .then(() => {
        late.cancel();
        process.exit(0);
      });
  }

  /** SIGHUP: certificates and log level anew; settings that are wrong by now change nothing. */
  reload(): void {
    const settings = this.#readSettings();
    if (settings === undefined) return;
    this.#parts.log.setLevel(settings.log.level);
    this.#node?.reload();
  }

  async #start(): Promise<void> {
    if (this.#isEnding) return;
    const { log, onDeath } = this.#parts;
    const ports = { clock: systemClock, random: systemRandom, log, onDeath, restart: () => this.restart() };
    try {
      const node = await startNode(this.#settings, ports);
      this.#node = node;
      announce(this.#settings, node);
    } catch (error) {
      console.error(`Interpres did not start: ${error instanceof Error ? error.message : String(error)}`);
      process.exit(1);
    }
  }

  async #stop(): Promise<void> {
    removeNodeFile(this.#settings.dataDirectory);
    await this.#node?.stop();
    this.#node = undefined;
  }

  #readSettings(): NodeSettings | undefined {
    try {
      return readNodeSettings(this.#parts.readSource());
    } catch (error) {
      if (!(error instanceof SettingsError)) throw error;
      this.#parts.log.warn("settings.refused", { reason: error.message });
      return undefined;
    }
  }
}

function settingsOrExit(source: SettingsSource): NodeSettings {
  try {
    return readNodeSettings(source);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    console.error(`The settings are wrong:\n${error.message}`);
    process.exit(2);
  }
}

function announce(settings: NodeSettings, node: InterpresNode): void {
  const { ports, adminUrl, consoleUrl, webChatUrl, firstStart, counts } = node;
  writeNodeFile(settings.dataDirectory, { pid: process.pid, version: VERSION, adminUrl, ports });
  const text = greetingText({
    version: VERSION,
    adminUrl,
    consoleUrl,
    webChatUrl,
    localDomain: settings.bootstrap.localDomain,
    ports,
    hasUsers: counts.users > 0 ? "yes" : "no",
    hasDomains: counts.domains > 0 ? "yes" : "no",
    firstStart,
  });
  // Beside JSON lines on standard output a person's text would be noise for the collector.
  if (process.stdout.isTTY) console.log(text);
  else console.error(text);
}
