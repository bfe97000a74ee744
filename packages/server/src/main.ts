import { existsSync, readFileSync } from "node:fs";
import { enableCompileCache } from "node:module";

enableCompileCache();
const { serveArguments } = await import("./serve-arguments.ts");
const { runServer } = await import("./run-server.ts");

const args = serveArguments(process.argv.slice(process.argv[2] === "serve" ? 3 : 2));
if (args.kind === "help") {
  console.log(args.text);
  process.exit(0);
}
if (args.kind === "wrong") wrongUsage(args.reason);
const { config, data } = args;
const file = config ?? "interpres.yaml";
if (config !== undefined && !existsSync(file)) wrongUsage(`there is no file ${file}`);
await runServer(() => ({
  yaml: existsSync(file) ? readFileSync(file, "utf8") : "",
  environment: process.env,
  workingDirectory: process.cwd(),
  ...(data === undefined ? {} : { dataDirectory: data }),
}));

function wrongUsage(reason: string): never {
  console.error(reason);
  process.exit(2);
}
