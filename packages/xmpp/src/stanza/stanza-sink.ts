import type { Element } from "../xml/index.ts";

/** Somewhere stanzas can be sent to; never fails, never calls back before it returns. */
export interface StanzaSink {
  send(stanza: Element): void;
}
