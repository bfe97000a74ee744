/** What tests stand on: time, chance, names, certificates and scripted peers. A development dependency only. */
export * from "./call-flow.ts";
export * from "./certificate-authority.ts";
export * from "./fake-clock.ts";
export * from "./fake-dns-server.ts";
export * from "./fake-zone.ts";
export * from "./seeded-random.ts";
export * from "./xmpp-client.ts";
