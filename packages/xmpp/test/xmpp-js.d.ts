/** What the tests use of xmpp.js, which comes without types. */
declare module "@xmpp/client" {
  export interface XmlElement {
    readonly name: string;
    readonly attrs: Readonly<Record<string, string>>;
    getChild(name: string, namespace?: string): XmlElement | undefined;
    getChildText(name: string): string | null;
    getChildren(name: string): readonly XmlElement[];
    toString(): string;
  }
  export interface Emitter {
    on(event: string, listener: (value: XmlElement) => void): void;
    once(event: string, listener: (value: unknown) => void): void;
  }
  export interface Client extends Emitter {
    readonly socket: { readonly socket: { destroy(): void } | { close(): void } | null } | null;
    readonly reconnect: { delay: number; stop(): void };
    readonly streamManagement: Emitter & { readonly enabled: boolean };
    readonly iqCaller: {
      get(payload: XmlElement, to?: string): Promise<XmlElement | undefined>;
      set(payload: XmlElement, to?: string): Promise<XmlElement | undefined>;
    };
    start(): Promise<unknown>;
    stop(): Promise<void>;
    send(element: XmlElement): Promise<void>;
  }
  export function client(options: {
    readonly service: string;
    readonly domain: string;
    readonly username: string;
    readonly password: string;
    readonly resource: string;
  }): Client;
  export function xml(
    name: string,
    attributes?: object | string,
    ...children: readonly (XmlElement | string)[]
  ): XmlElement;
}
