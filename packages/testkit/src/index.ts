/** What tests stand on: time, chance, names, certificates and scripted peers. A development dependency only. */
export * from "./call-flow.ts";
export * from "./certificate-authority.ts";
export * from "./clearing-house.ts";
export { answerText } from "./edge-answer.ts";
export * from "./edge-state.ts";
export * from "./fake-clock.ts";
export * from "./fake-dns-server.ts";
export * from "./fake-zone.ts";
export * from "./house-rules.ts";
export * from "./microsoft-edge.ts";
export * from "./observer/observer.ts";
export * from "./seeded-random.ts";
export * from "./sip-peer.ts";
export * from "./unbroken.ts";
export * from "./within.ts";
export * from "./xmpp-client.ts";
