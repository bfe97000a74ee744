import type { DirectorySettings } from "@interpres/admin-api";

/** What the password is kept under. */
export const DIRECTORY_SECRET = "directory";

/** The password with whom it is for: settings that point elsewhere later must not show it there. */
export function boundSecret({ url, bindDn }: DirectorySettings, password: string): string {
  return JSON.stringify({ url, bindDn, password });
}

/** The password kept for just this server and name; undefined where there is none. */
export function passwordFor({ url, bindDn }: DirectorySettings, kept: string | undefined): string | undefined {
  if (kept === undefined) return undefined;
  const secret = JSON.parse(kept) as { readonly url: string; readonly bindDn: string; readonly password: string };
  return secret.url === url && secret.bindDn === bindDn ? secret.password : undefined;
}
