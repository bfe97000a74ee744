import { Link, useLocation } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef } from "react";
import { texts } from "../texts/texts.ts";
import { applicationOf, type Menu, type MenuEntry, type MenuItem } from "./menu.ts";
import classes from "./shell.module.css";

/** The pages by purpose, then the menus of the application one is in. */
export function MenuTree({ menu }: { readonly menu: Menu }): ReactNode {
  const { pathname } = useLocation();
  const tree = useRef<HTMLElement>(null);
  // Its menu is longer than most windows: where one is stands in sight.
  useEffect(() => {
    const [here] = tree.current?.querySelectorAll(`a[href="${CSS.escape(pathname)}"], [aria-current="page"]`) ?? [];
    here?.scrollIntoView({ block: "nearest" });
  }, [pathname]);
  const application = applicationOf(menu, pathname) ?? menu.applications[0];
  return (
    <nav ref={tree} aria-label={texts.shell.menu} className={classes.tree}>
      <ul>
        {menu.purposes.map((entry) => (
          <Entry key={entry.path} entry={entry} />
        ))}
      </ul>
      {application !== undefined && (
        <>
          <h2 className={classes.application}>{application.label}</h2>
          <ul>
            {application.items.map((item) => (
              <Item key={item.label} item={item} />
            ))}
          </ul>
        </>
      )}
    </nav>
  );
}

function Item({ item }: { readonly item: MenuItem }): ReactNode {
  if (!("items" in item)) return <Entry entry={item} />;
  return (
    <li>
      <details open>
        <summary>{item.label}</summary>
        <ul>
          {item.items.map((each) => (
            <Item key={each.label} item={each} />
          ))}
        </ul>
      </details>
    </li>
  );
}

function Entry({ entry }: { readonly entry: MenuEntry }): ReactNode {
  return (
    <li>
      <Link to={entry.path} activeOptions={{ exact: entry.path === "/" }} className={classes.entry}>
        {entry.label}
      </Link>
    </li>
  );
}
