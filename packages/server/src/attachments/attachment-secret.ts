import type { AttachmentSettings } from "@interpres/federation";

type Place = Pick<AttachmentSettings, "host" | "port">;

/** What an attachment's secret is kept under. */
export function secretName(name: string): string {
  return `attachment:${name}`;
}

/** The secret with where it is for: settings that point elsewhere later must not show it there. */
export function boundSecret({ host, port }: Place, secret: string): string {
  return JSON.stringify({ host, port, secret });
}

/** The secret kept for just this place; undefined where there is none. */
export function secretFor({ host, port }: Place, kept: string | undefined): string | undefined {
  if (kept === undefined) return undefined;
  const bound = JSON.parse(kept) as Place & { readonly secret: string };
  return bound.host === host && bound.port === port ? bound.secret : undefined;
}
