import type { SecureContext } from "node:tls";
import type { Clock, FlowPath } from "@interpres/runtime";
import type { SessionFacts } from "../router/client-session.ts";
import type { StreamErrorCondition } from "../stream/stream-error.ts";
import type { HeaderFault, StreamHeader } from "../stream/stream-header.ts";
import type { AttributeChanges, Element, XmlLimits } from "../xml/index.ts";
import type { C2sSettings } from "./c2s-settings.ts";

/** What a client's stream travels by: TCP (RFC 6120 §4) or WebSocket (RFC 7395). It knows how a stream is written there. */
export interface ClientTransport {
  readonly kind: SessionFacts["transport"];
  readonly remoteAddress: string;
  /** For the trace. */
  readonly path: FlowPath;
  /** For the trace, while nobody is known: `tcp:192.0.2.1:40000`. */
  readonly remote: string;
  /** Our stream header. */
  open(attributes: AttributeChanges): void;
  /** One first-level element. */
  send(element: Element): void;
  /** What comes from now on, even the rest of what has come, is a new stream under these limits (RFC 6120 §4.3.3). */
  restart(limits: XmlLimits): void;
  /** Our end of the stream, and no more. Nothing that still comes is told; the client has a grace to go by itself. */
  end(): void;
  /** Breaks the connection now; what was not sent is lost. */
  destroy(): void;
  /** Stops reading; TCP tells the client. */
  pause(): void;
  resume(): void;
  /**
   * Goes over to TLS as its server, after what was written is out; missing where the transport stands on TLS already. Octets
   * sent before the handshake are gone (RFC 6120 §5.4.3.3). A handshake that fails closes the transport.
   */
  readonly secure?: (context: SecureContext, secured: () => void) => void;
}

/** Who owns a transport. Nothing is called after `closed`. */
export interface TransportOwner {
  /** Runs what takes input: whatever it throws costs this client its stream, and nobody else theirs. */
  contain(run: () => void): void;
  opened(header: StreamHeader | HeaderFault): void;
  element(element: Element): void;
  /** The client's end of the stream. */
  ended(): void;
  /** What came is refused; nothing that follows is told until a restart. */
  failed(condition: StreamErrorCondition): void;
  /** What was written is about to go out; more may be added. */
  flushing(): void;
  /** Everything written so far is with the operating system. */
  flushed(): void;
  /** The connection is gone, by whoever's doing; called once. */
  closed(): void;
}

export interface TransportPorts {
  readonly clock: Clock;
  readonly settings: C2sSettings;
}
