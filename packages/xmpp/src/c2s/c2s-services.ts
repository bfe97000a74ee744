import type { SecureContext } from "node:tls";
import type { Clock, FlowTap, Logger, Random } from "@interpres/runtime";
import type { SessionHost } from "../router/client-session.ts";
import type { Mechanism } from "../stream/sasl.ts";
import type { CredentialSource, PasswordKeeper } from "../stream/sasl-exchange.ts";
import type { Element } from "../xml/index.ts";
import type { C2sSettings } from "./c2s-settings.ts";

/** What client connections stand on. */
export interface C2sServices {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly tap?: FlowTap | undefined;
  readonly credentials: CredentialSource;
  readonly keeper: PasswordKeeper;
  /** SASL mechanisms for users of a domain, strongest first. */
  readonly mechanisms: (domain: string) => readonly Mechanism[];
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
