import { StringDecoder } from "node:string_decoder";
import type { LiveConsole } from "./io.ts";

/** The console of this process. While somebody's keys are passed on, none of them means anything here, not even Ctrl-C. */
export const processConsole: LiveConsole = {
  columns: () => (process.stdout.isTTY ? process.stdout.columns : undefined),
  isInteractive: process.stdin.isTTY === true && process.stdout.isTTY === true,
  write: (text) => process.stdout.write(text),
  writeError: (text) => process.stderr.write(text),
  listen: ({ text, resized, ended }) => {
    const { stdin, stdout } = process;
    const decoder = new StringDecoder("utf8");
    const hear = (chunk: Buffer): void => text(decoder.write(chunk));
    if (processConsole.isInteractive) stdin.setRawMode(true);
    stdin.on("data", hear);
    stdin.once("end", ended);
    stdout.on("resize", resized);
    return () => {
      if (processConsole.isInteractive) stdin.setRawMode(false);
      stdin.off("data", hear);
      stdin.off("end", ended);
      stdin.pause();
      // A pipe that nobody closes would keep the process.
      stdin.unref?.();
      stdout.off("resize", resized);
    };
  },
};
