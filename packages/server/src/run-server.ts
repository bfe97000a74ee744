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
  try {
    const node = await startNode(settings, { clock: systemClock, random: systemRandom, log, onDeath });
    announce(settings, node);
    handleSignals(settings, node);
    process.on("SIGHUP", () => reload(node, log, readSource));
  } catch (error) {
    console.error(`Interpres did not start: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
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
  const { ports, adminUrl, firstStart, counts } = node;
  writeNodeFile(settings.dataDirectory, { pid: process.pid, version: VERSION, adminUrl, ports });
  const text = greetingText({
    version: VERSION,
    adminUrl,
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

function handleSignals(settings: NodeSettings, node: InterpresNode): void {
  let isStopping = false;
  const stop = (): void => {
    if (isStopping) return;
    isStopping = true;
    removeNodeFile(settings.dataDirectory);
    const late = systemClock.after(STOP_LIMIT_MS, () => process.exit(1));
    void node.stop().then(() => {
      late.cancel();
      process.exit(0);
    });
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
}

/** SIGHUP: certificates and log level anew; settings that are wrong by now change nothing. */
function reload(node: InterpresNode, log: LevelledLogger, readSource: () => SettingsSource): void {
  try {
    log.setLevel(readNodeSettings(readSource()).log.level);
    node.reload();
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    log.warn("settings.refused", { reason: error.message });
  }
}
