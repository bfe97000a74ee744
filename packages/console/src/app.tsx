import { type CSSVariablesResolver, createTheme, MantineProvider, Modal, Popover } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  RouterProvider,
} from "@tanstack/react-router";
import type { ReactNode } from "react";
import { type Ports, PortsContext } from "./data/ports.ts";
import { menu } from "./menu.ts";
import { pageOfResource } from "./page-of-resource.ts";
import { SessionProvider } from "./session/session.tsx";
import { SignedInOnly } from "./session/sign-in.tsx";
import { allEntries } from "./shell/menu.ts";
import { NoSuchPage } from "./shell/no-such-page.tsx";
import { Shell } from "./shell/shell.tsx";
import { PagesOfResources } from "./template/notice-link.tsx";
import { texts } from "./texts/texts.ts";

const rootRoute = createRootRoute({
  component: () => (
    <SignedInOnly>
      <Shell menu={menu}>
        <Outlet />
      </Shell>
    </SignedInOnly>
  ),
  notFoundComponent: NoSuchPage,
});

/** A page answers at its path and at everything below it: list and forms are one page. */
const routes = allEntries(menu).flatMap(({ entry }) => {
  const component = lazyRouteComponent(entry.page);
  const at = (path: string) => createRoute({ getParentRoute: () => rootRoute, path, component });
  return entry.path === "/" ? [at("/")] : [at(entry.path), at(`${entry.path}/$`)];
});

const router = createRouter({ routeTree: rootRoute.addChildren(routes), defaultPreload: "intent" });

/** The policy of the page takes styles with this mark only; Mantine writes its variables and responsive sizes into such. */
const styleNonce = document.querySelector<HTMLMetaElement>('meta[name="style-nonce"]')?.content ?? "";

const theme = createTheme({
  primaryColor: "blue",
  primaryShade: { light: 8, dark: 8 },
  // Black or white, whichever has more contrast: for one of them it is always enough (WCAG 2.2 §1.4.3).
  autoContrast: true,
  luminanceThreshold: 0.179,
  // Locking the scroll would write a style without the mark.
  components: {
    Modal: Modal.extend({
      defaultProps: { lockScroll: false, closeButtonProps: { "aria-label": texts.template.close } },
    }),
    Popover: Popover.extend({ defaultProps: { shadow: "md" } }),
  },
});

/** The library's dimmed text and its errors are too pale to be read by everybody (WCAG 2.2 §1.4.3). */
const readable: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": "var(--mantine-color-gray-7)",
    "--mantine-color-error": "var(--mantine-color-red-9)",
  },
  dark: {
    "--mantine-color-dimmed": "var(--mantine-color-gray-5)",
    "--mantine-color-error": "var(--mantine-color-red-4)",
  },
});

const queries = new QueryClient({ defaultOptions: { queries: { staleTime: 5000, retry: false } } });

export function App({ ports }: { readonly ports: Ports }): ReactNode {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={readable}
      defaultColorScheme="auto"
      getStyleNonce={() => styleNonce}
    >
      <QueryClientProvider client={queries}>
        <SessionProvider>
          <PortsContext value={ports}>
            <PagesOfResources value={pageOfResource}>
              <RouterProvider router={router} />
            </PagesOfResources>
          </PortsContext>
        </SessionProvider>
      </QueryClientProvider>
    </MantineProvider>
  );
}
