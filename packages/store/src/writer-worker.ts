/** The one thread that writes. It answers every batch once, after the commit is on the disk. */
import { parentPort, workerData } from "node:worker_threads";
import { BatchWriter } from "./batch-writer.ts";
import { openWriteConnection } from "./connection.ts";
import type { FromWriter, ToWriter } from "./writer-protocol.ts";

const port = parentPort;
if (port === null) throw new Error("writer-worker.ts runs as a worker only");
const database = openWriteConnection(String(workerData.path));
const writer = new BatchWriter(database);

const answer = (message: FromWriter): void => port.postMessage(message);

port.on("message", (message: ToWriter) => {
  switch (message.kind) {
    case "batch":
      answer(writer.run(message));
      return;
    case "close":
      database.close();
      answer({ kind: "closed" });
      port.close();
  }
});
answer({ kind: "ready" });
