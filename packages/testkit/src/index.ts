/** What tests stand on: time, chance, names, certificates and simulated peers. A development dependency only. */
export * from "./call-flow.ts";
export * from "./certificate-authority.ts";
export * from "./edge/microsoft-edge.ts";
export * from "./fake-clock.ts";
export * from "./fake-dns-server.ts";
export * from "./fake-zone.ts";
export * from "./house/clearing-house.ts";
export * from "./house/house-rules.ts";
export * from "./observer/observer.ts";
export * from "./seeded-random.ts";
export { answerText } from "./simulator/answer-text.ts";
export * from "./simulator/fault-set.ts";
export * from "./simulator/faults.ts";
export * from "./sip-peer.ts";
export * from "./some-path.ts";
export * from "./unbroken.ts";
export * from "./within.ts";
export * from "./xmpp-client.ts";
