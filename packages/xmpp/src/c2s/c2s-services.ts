import type { SecureContext } from "node:tls";
import type { Clock, FlowTap, Logger, Random } from "@interpres/runtime";
import type { SessionHost } from "../router/client-session.ts";
import type { CredentialSource } from "../stream/sasl-exchange.ts";
import type { Element } from "../xml/index.ts";
import type { C2sSettings } from "./c2s-settings.ts";

/** What client connections stand on. */
export interface C2sServices {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly tap?: FlowTap | undefined;
  readonly credentials: CredentialSource;
  /** Makes the salts of users who do not exist; keep it over restarts. */
  readonly decoySecret: Uint8Array;
  /** Asked for each handshake, so that a new certificate serves the next client. */
  readonly secureContext: () => SecureContext;
  readonly isLocalDomain: (domain: string) => boolean;
  /** Stream features of an authenticated stream beside bind, session and stream management. */
  readonly sessionFeatures: () => readonly Element[];
  readonly host: SessionHost;
  readonly settings: C2sSettings;
}
