import { pino } from "pino";

/** What a log line carries beside its name: glossary words, no bodies, no secrets. */
export type Fields = Readonly<Record<string, string | number | boolean | undefined>>;

export type LogLevel = "debug" | "info" | "warn" | "error";

/** `event` is a fixed dotted name, thing then past verb: `subscription.refreshed`. */
export interface Logger {
  debug(event: string, fields?: Fields): void;
  info(event: string, fields?: Fields): void;
  warn(event: string, fields?: Fields): void;
  error(event: string, fields?: Fields): void;
}

/** A logger whose level can be changed while it runs (SIGHUP). */
export interface LevelledLogger extends Logger {
  setLevel(level: LogLevel): void;
}

/** JSON lines on standard output; `pretty` for a person's terminal. */
export function createLogger(options: {
  readonly level: LogLevel;
  readonly format: "json" | "pretty";
}): LevelledLogger {
  const settings = { level: options.level, base: null, messageKey: "event" };
  const sink =
    options.format === "json"
      ? pino(settings, pino.destination({ fd: 1, sync: true }))
      : pino({
          ...settings,
          transport: { target: "pino-pretty", options: { ignore: "pid,hostname", messageKey: "event" } },
        });
  return {
    debug: (event, fields) => sink.debug(fields ?? {}, event),
    info: (event, fields) => sink.info(fields ?? {}, event),
    warn: (event, fields) => sink.warn(fields ?? {}, event),
    error: (event, fields) => sink.error(fields ?? {}, event),
    setLevel: (level) => {
      sink.level = level;
    },
  };
}

/** For tests and for tools that have nothing to tell. */
export const silentLogger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };

function ignore(): void {
  return;
}
