import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openStore } from "@interpres/store";
import { type ClusterSettings, initialClusterSettings, parseClusterSettings } from "./admin/node/cluster-settings.ts";
import { nodeInForce } from "./admin/node/node-domains.ts";
import { compose } from "./compose.ts";
import { type FirstStart, firstStart } from "./first-start.ts";
import type { NodePorts, NodeStore } from "./node-parts.ts";
import type { BoundPorts } from "./services/listener.ts";
import type { NodeSettings } from "./settings.ts";

/** One node, started. */
export interface InterpresNode {
  readonly ports: Readonly<BoundPorts>;
  readonly adminUrl: string;
  /** Undefined where it has not been built. */
  readonly consoleUrl: string | undefined;
  /** Undefined where the node started without it. */
  readonly webChatUrl: string | undefined;
  readonly firstStart: FirstStart | undefined;
  readonly counts: { readonly users: number; readonly domains: number };
  /** Stops accepting, tells peers and clients, writes everything; never rejects. */
  stop(): Promise<void>;
  /** Takes certificates anew for coming connections (SIGHUP). */
  reload(): void;
}

/** Opens the store, completes a first start, joins the parts and starts them. Rejects when one cannot start. */
export async function startNode(settings: NodeSettings, ports: NodePorts): Promise<InterpresNode> {
  mkdirSync(settings.dataDirectory, { recursive: true, mode: 0o700 });
  const { clock, random } = ports;
  const store = await open(settings, ports);
  try {
    const domains = () => store.settings.current().document.nodeDomains;
    const inForce = { ...settings, node: nodeInForce(settings.node, domains) };
    const made = await firstStart(inForce, { ...store, clock, random });
    const node = await compose(settings, ports, store);
    await node.supervisor.start();
    writeFileSync(join(settings.dataDirectory, "local-token"), `${node.localToken}\n`, { mode: 0o600 });
    const adminUrl = `https://localhost:${node.bound.admin ?? 0}`;
    return {
      ports: node.bound,
      adminUrl,
      consoleUrl: node.hasConsole() ? `${adminUrl}/` : undefined,
      webChatUrl: node.hasWebChat() ? `${adminUrl}/chat` : undefined,
      firstStart: made,
      counts: node.counts(),
      stop: () => node.supervisor.stop().then(() => store.close()),
      reload: node.reload,
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

function open(settings: NodeSettings, { clock, log, onDeath }: NodePorts): Promise<NodeStore> {
  return openStore({
    path: join(settings.dataDirectory, settings.database.slice("sqlite:".length)),
    clock,
    log,
    settings: { initial: () => initialSettings(settings), parse: parseClusterSettings },
    onDeath,
  });
}

/** R37: the federation routing FQDN begins as the publisher's own name. */
function initialSettings(settings: NodeSettings): ClusterSettings {
  const initial = initialClusterSettings([settings.bootstrap.localDomain.toLowerCase()]);
  const { federation } = initial;
  const parameters = federation.serviceParameters["sip-proxy"];
  const seeded = { ...parameters, federationRoutingFqdn: settings.node.fqdn };
  return { ...initial, federation: { ...federation, serviceParameters: { "sip-proxy": seeded } } };
}
