import { Button, NativeSelect } from "@mantine/core";
import { useLocation, useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { texts } from "../texts/texts.ts";
import { allEntries, applicationOf, type Menu } from "./menu.ts";
import classes from "./shell.module.css";

/** "Navigation" and "Go": leads to the first page of another application. */
export function ApplicationSwitcher({ menu, label }: { readonly menu: Menu; readonly label: string }): ReactNode {
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const here = applicationOf(menu, pathname)?.id ?? menu.applications[0]?.id ?? "";
  const [chosen, choose] = useState<string>();
  const data = menu.applications.map(({ id, label: name }) => ({ value: id, label: name }));
  const go = () => {
    const first = allEntries(menu).find(({ entry }) => applicationOf(menu, entry.path)?.id === (chosen ?? here));
    if (first !== undefined) void navigate({ to: first.entry.path });
    choose(undefined);
  };
  return (
    <div className={classes.navigation}>
      <NativeSelect
        aria-label={label}
        size="xs"
        data={data}
        value={chosen ?? here}
        onChange={({ currentTarget }) => choose(currentTarget.value)}
      />
      <Button size="xs" variant="default" onClick={go}>
        {texts.shell.go}
      </Button>
    </div>
  );
}
