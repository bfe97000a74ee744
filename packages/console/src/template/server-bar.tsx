import { Button, NativeSelect } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { texts } from "../texts/texts.ts";
import classes from "./template.module.css";

interface Props {
  readonly nodes: readonly string[];
  /** Whose things are shown. */
  readonly shown: string;
  readonly onGo: (node: string) => void;
}

/** The book's "Server" and "Go": of which node a page speaks. */
export function ServerBar({ nodes, shown, onGo }: Props): ReactNode {
  const [chosen, choose] = useState(shown);
  return (
    <form
      className={classes.find}
      onSubmit={(event) => {
        event.preventDefault();
        onGo(chosen);
      }}
    >
      <NativeSelect
        label={texts.template.server}
        data={[...nodes]}
        value={chosen}
        onChange={({ currentTarget }) => choose(currentTarget.value)}
        className={classes.server ?? ""}
      />
      <Button type="submit" className={classes.beside ?? ""}>
        {texts.shell.go}
      </Button>
    </form>
  );
}
