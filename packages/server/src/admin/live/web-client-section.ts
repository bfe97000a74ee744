import type { FieldProblem } from "@interpres/admin-api";
import Type from "typebox";

/** Pages that may be allowed. */
export const MAX_ORIGINS = 100;
export const ORIGINS_DESCRIPTION =
  "Pages of other sites whose scripts may connect by WebSocket, each as https://chat.example.com, separated by spaces";

/** Who may reach this cluster's XMPP over WebSocket (contract §1). */
export const WebClientSection = Type.Object(
  {
    allowedOrigins: Type.Array(Type.String({ maxLength: 512 }), {
      default: [],
      maxItems: MAX_ORIGINS,
      description: ORIGINS_DESCRIPTION,
    }),
  },
  { additionalProperties: false, default: {} },
);
export type WebClientSection = Readonly<Type.Static<typeof WebClientSection>>;

/** The origin of a page as its browser writes it (RFC 6454 §6.2); undefined for anything else, and for pages without TLS. */
export function pageOrigin(text: string): string | undefined {
  const url = URL.parse(text);
  if (url === null || url.protocol !== "https:") return undefined;
  return url.href === `${url.origin}/` ? url.origin : undefined;
}

/** What is wrong with the origins, each by its place in the list. */
export function originProblems({ allowedOrigins }: WebClientSection): readonly FieldProblem[] {
  return allowedOrigins.flatMap((text, at) => {
    if (pageOrigin(text) !== undefined) return [];
    const message = `${text} is not the origin of a page, such as https://chat.example.com`;
    return [{ path: `allowedOrigins.${at}`, message }];
  });
}
