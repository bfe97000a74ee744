import type { C2sSettings } from "../src/c2s/c2s-settings.ts";
import { type C2sHouse, openHouse } from "./c2s-house.ts";
import { type FrameClient, type FrameClientOptions, openFrameClient } from "./frame-client.ts";
import { openDoor } from "./websocket-door.ts";

export const ALLOWED_ORIGIN = "https://chat.example.net";

/** A house with a second door: WebSocket on a port of its own, beside TCP. */
export interface WebSocketHouse extends C2sHouse {
  readonly url: string;
  /** Opens a WebSocket; says nothing yet. */
  frames(options?: Partial<FrameClientOptions>): Promise<FrameClient>;
  /** Opens one, and a stream for the user, with a resource bound. */
  signIn(user: string, resource?: string): Promise<FrameClient>;
}

export async function openWebSocketHouse(settings: Partial<C2sSettings> = {}): Promise<WebSocketHouse> {
  const house = await openHouse({ ...settings, allowedOrigins: [ALLOWED_ORIGIN] });
  const { url, close } = await openDoor(house.webSockets, house.certificate);
  const frames = (options: Partial<FrameClientOptions> = {}) => openFrameClient({ url, ca: house.ca, ...options });
  return {
    ...house,
    url,
    frames,
    signIn: async (user, resource) => {
      const client = await frames();
      await client.signIn(user, resource);
      return client;
    },
    close: async () => {
      await Promise.all([house.close(), close()]);
    },
  };
}
