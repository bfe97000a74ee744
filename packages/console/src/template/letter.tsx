import { Button, Group, Text, Title } from "@mantine/core";
import { type ReactNode, useId, useState } from "react";
import { texts } from "../texts/texts.ts";
import { download } from "./download.ts";
import classes from "./template.module.css";

interface Props {
  readonly title: string;
  readonly text: string;
  readonly fileName: string;
}

/** Text for somebody else: to be copied, or kept as a file. */
export function Letter({ title, text, fileName }: Props): ReactNode {
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <Title order={2} size="h4" mt="lg" mb="xs" id={id}>
        {title}
      </Title>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls by keyboard */}
      <pre className={classes.letter} tabIndex={0}>
        {text}
      </pre>
      <Group mt="xs" gap="xs">
        <CopyButton text={text} />
        <Button variant="default" size="xs" onClick={() => download(fileName, text)}>
          {texts.template.download}
        </Button>
      </Group>
    </section>
  );
}

/** Puts text where it can be pasted from, and says so. */
export function CopyButton({ text }: { readonly text: string }): ReactNode {
  const [state, setState] = useState<"ready" | "copied" | "refused">("ready");
  const copy = () => {
    navigator.clipboard.writeText(text).then(
      () => setState("copied"),
      () => setState("refused"),
    );
  };
  return (
    <Group gap="xs">
      <Button variant="default" size="xs" onClick={copy}>
        {texts.template.copyText}
      </Button>
      <Text size="sm" role="status">
        {state === "ready" ? "" : texts.template[state === "copied" ? "copied" : "notCopied"]}
      </Text>
    </Group>
  );
}
