import { existsSync, readFileSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { parseArgs } from "node:util";

enableCompileCache();
const { runServer } = await import("./run-server.ts");

const { values } = parseArgs({
  args: process.argv.slice(process.argv[2] === "serve" ? 3 : 2),
  options: { config: { type: "string" }, data: { type: "string" } },
  strict: true,
});
const file = values.config ?? "interpres.yaml";
if (values.config !== undefined && !existsSync(file)) {
  console.error(`there is no file ${file}`);
  process.exit(2);
}
await runServer(() => ({
  yaml: existsSync(file) ? readFileSync(file, "utf8") : "",
  environment: process.env,
  workingDirectory: process.cwd(),
  ...(values.data === undefined ? {} : { dataDirectory: values.data }),
}));
