import { ActionIcon, Burger, Button, Text, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { Link, useLocation } from "@tanstack/react-router";
import { type ReactNode, useEffect, useState } from "react";
import { useSession } from "../session/session.tsx";
import { texts } from "../texts/texts.ts";
import { ApplicationSwitcher } from "./application-switcher.tsx";
import { Icon } from "./icon.tsx";
import type { Menu } from "./menu.ts";
import { MenuSearch } from "./menu-search.tsx";
import { MenuTree } from "./menu-tree.tsx";
import { NodeName } from "./node-name.tsx";
import { NotificationsBubble } from "./notifications-bubble.tsx";
import classes from "./shell.module.css";

interface Props {
  readonly menu: Menu;
  readonly children: ReactNode;
}

/** Header, menu and the page that was chosen. On a telephone the menu lies over the page while it is open. */
export function Shell({ menu, children }: Props): ReactNode {
  const { pathname } = useLocation();
  const [isOpen, setOpen] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: whoever chose a page wants to see it, not the menu
  useEffect(() => setOpen(false), [pathname]);
  return (
    <div className={classes.shell}>
      <a className={classes.skip} href="#main">
        {texts.shell.skipToContent}
      </a>
      <header className={classes.header}>
        <Burger
          className={classes.burger}
          opened={isOpen}
          onClick={() => setOpen(!isOpen)}
          size="sm"
          aria-label={texts.shell.menu}
          aria-expanded={isOpen}
          aria-controls="menu"
        />
        <Link to="/" className={classes.brand}>
          <Text component="span" fw={700} size="lg">
            {texts.product}
          </Text>
        </Link>
        <NodeName />
        <div className={classes.tools}>
          <div className={classes.switcher}>
            <ApplicationSwitcher menu={menu} label={texts.shell.navigation} />
          </div>
          <NotificationsBubble />
          <ColorSchemeButton />
          <SignOut />
        </div>
      </header>
      <div id="menu" className={classes.side} data-open={isOpen || undefined}>
        <div className={classes.sideSearch}>
          <MenuSearch menu={menu} />
        </div>
        <div className={classes.sideSwitcher}>
          <ApplicationSwitcher menu={menu} label={texts.shell.navigationInMenu} />
        </div>
        <MenuTree menu={menu} />
      </div>
      <main id="main" className={classes.main} tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}

function ColorSchemeButton(): ReactNode {
  const { setColorScheme } = useMantineColorScheme();
  const other = useComputedColorScheme("light") === "light" ? "dark" : "light";
  const label = texts.shell.colorScheme[other];
  return (
    <ActionIcon
      variant="subtle"
      size="lg"
      color="gray"
      aria-label={label}
      title={label}
      onClick={() => setColorScheme(other)}
    >
      <Icon name={other === "dark" ? "moon" : "sun"} />
    </ActionIcon>
  );
}

function SignOut(): ReactNode {
  const { state, signOut } = useSession();
  if (state.kind !== "signed-in") return null;
  return (
    <Button
      variant="subtle"
      size="compact-sm"
      color="gray"
      onClick={() => void signOut()}
      title={`${state.name}, ${state.role}`}
    >
      {texts.session.signOut}
    </Button>
  );
}
